// The connection of an iOS app, in outline, by URLSession: hears each push once and in order, and comes back by itself.
// It was not compiled here. `python/jiayi.py` is the same, complete and tested; docs/protocol.md is the contract.

import Foundation

@MainActor
final class JiayiConnection {
    /// Apply it and keep it; when this returns, it is acknowledged.
    var pushed: (_ type: String, _ data: [String: Any]) -> Void = { _, _ in }
    /// Read message/list and the open room anew.
    var resync: () -> Void = {}
    /// Another device has the account, or the token is void: ask the person.
    var ended: (_ code: Int) -> Void = { _ in }

    private let address: URL // https://jiayi.example
    private let person: [String: Any] // type (user or doctor), uid, deviceid (made once, at the first start)
    private let token: String // kept in the keychain
    private var socket: URLSessionWebSocketTask?
    private var task: Task<Void, Never>?

    /// Beside what was applied, in the same store.
    private var seq: Int? {
        get { UserDefaults.standard.object(forKey: "seq") as? Int }
        set { UserDefaults.standard.set(newValue, forKey: "seq") }
    }

    init(address: URL, person: [String: Any], token: String) {
        (self.address, self.person, self.token) = (address, person, token)
    }

    /// Call it at the start, when the app comes to the foreground, and when the network is back.
    func connect() {
        task?.cancel()
        socket?.cancel(with: .goingAway, reason: nil)
        task = Task { await self.stayConnected() }
    }

    private func stayConnected() async {
        var wait = 0.5
        while !Task.isCancelled {
            do {
                if try await register() { resync() }
                wait = 0.5
                while true { try await take(try await hear()) }
            } catch {
                let code = socket?.closeCode.rawValue ?? 0
                let status = (socket?.response as? HTTPURLResponse)?.statusCode
                // Whoever cancels has a socket of their own by now.
                if Task.isCancelled { return }
                socket?.cancel()
                if case Refused.token = error { return ended(4003) }
                if [1000, 4001, 4003].contains(code) { return ended(code) }
                if status == 401 { return ended(4003) }
            }
            try? await Task.sleep(nanoseconds: UInt64(Double.random(in: 0...wait) * 1e9))
            wait = min(2 * wait, 30)
        }
    }

    /// Returns whether what was missed is not all there.
    private func register() async throws -> Bool {
        var request = URLRequest(url: address.appendingPathComponent("ws"), timeoutInterval: 60)
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        let socket = URLSession.shared.webSocketTask(with: request)
        self.socket = socket
        socket.resume()
        var data = person
        data["platform"] = "ios"
        data["since"] = seq
        try await say("C2S_REGISTER_REQ", data)
        let answer = try await hear()
        let told = answer["data"] as? [String: Any] ?? [:]
        if told["code"] as? String == "FA_AUTH" { throw Refused.token }
        guard let newest = told["seq"] as? Int else { throw URLError(.cannotConnectToHost) }
        if seq != nil, told["recovered"] as? Bool == true { return false }
        seq = newest
        return true
    }

    private enum Refused: Error { case token }

    private func take(_ envelope: [String: Any]) async throws {
        guard let type = envelope["type"] as? String, let data = envelope["data"] as? [String: Any] else { return }
        guard let number = envelope["seq"] as? Int else { return pushed(type, data) }
        let last = seq ?? 0
        if number <= last { return }
        if number > last + 1 { throw URLError(.networkConnectionLost) } // It comes after the register with `since`.
        pushed(type, data)
        seq = number
        try await say("C2S_ACK", ["seq": number])
    }

    private func hear() async throws -> [String: Any] {
        guard let socket else { throw URLError(.notConnectedToInternet) }
        guard case .string(let text) = try await socket.receive(),
              let envelope = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        else { throw URLError(.cannotParseResponse) }
        return envelope
    }

    private func say(_ type: String, _ data: [String: Any]) async throws {
        let text = try JSONSerialization.data(withJSONObject: ["type": type, "data": data])
        try await socket?.send(.string(String(decoding: text, as: UTF8.self)))
    }
}
