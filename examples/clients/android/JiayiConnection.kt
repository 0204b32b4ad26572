// The connection of an Android app, in outline, by OkHttp: hears each push once and in order, and comes back by itself.
// It was not compiled here. `python/jiayi.py` is the same, complete and tested; docs/protocol.md is the contract.

import android.content.SharedPreferences
import android.os.Handler
import android.os.Looper
import okhttp3.*
import org.json.JSONObject
import java.util.concurrent.TimeUnit
import kotlin.random.Random

class JiayiConnection(
    private val address: String, // https://jiayi.example
    private val role: String, // user or doctor
    private val uid: String,
    private val token: String, // kept in the Keystore, not in preferences
    private val deviceid: String, // made once, at the first start
    private val kept: SharedPreferences,
    private val listener: Listener,
) : WebSocketListener() {
    interface Listener {
        /** Apply it and keep it; when this returns, it is acknowledged. */
        fun pushed(type: String, data: JSONObject)

        /** Read message/list and the open room anew. */
        fun resync()

        /** Another device has the account, or the token is void: ask the person. */
        fun ended(code: Int)
    }

    private val http = OkHttpClient.Builder().pingInterval(25, TimeUnit.SECONDS).build()
    private val main = Handler(Looper.getMainLooper())
    private var socket: WebSocket? = null
    private var seq = kept.getLong("seq", NONE)
    private var wait = 500L

    /** Call it at the start, when the app comes to the foreground, and when the network is back. */
    fun connect() {
        main.removeCallbacksAndMessages(null)
        socket?.cancel()
        val request = Request.Builder().url("$address/ws").header("Authorization", "Bearer $token").build()
        socket = http.newWebSocket(request, this)
    }

    override fun onOpen(socket: WebSocket, response: Response) {
        val data = JSONObject().put("type", role).put("uid", uid).put("deviceid", deviceid).put("platform", "android")
        if (seq != NONE) data.put("since", seq)
        say(socket, "C2S_REGISTER_REQ", data)
    }

    override fun onMessage(socket: WebSocket, text: String) = onMain(socket) {
        val envelope = JSONObject(text)
        val data = envelope.getJSONObject("data")
        when (envelope.getString("type")) {
            "S2C_REGISTER_RES" -> registered(data)
            "S2C_ERROR" -> refused(socket, data.getString("code"))
            else -> take(socket, envelope, data)
        }
    }

    private fun refused(socket: WebSocket, code: String) {
        socket.cancel()
        if (code == "FA_AUTH") listener.ended(4003) else again()
    }

    private fun registered(data: JSONObject) {
        wait = 500L
        if (seq != NONE && data.getBoolean("recovered")) return
        keep(data.getLong("seq"))
        listener.resync()
    }

    private fun take(socket: WebSocket, envelope: JSONObject, data: JSONObject) {
        val number = envelope.optLong("seq", NONE)
        if (number != NONE && number <= seq) return
        if (number > seq + 1) return connect() // Something is lacking: it comes after the register with `since`.
        listener.pushed(envelope.getString("type"), data)
        if (number == NONE) return
        keep(number)
        say(socket, "C2S_ACK", JSONObject().put("seq", number))
    }

    override fun onClosing(socket: WebSocket, code: Int, reason: String) {
        socket.close(code, null)
        onMain(socket) { if (code in FINAL) listener.ended(code) else again() }
    }

    override fun onFailure(socket: WebSocket, error: Throwable, response: Response?) = onMain(socket) {
        if (response?.code == 401) listener.ended(4003) else again()
    }

    private fun again() {
        main.postDelayed({ connect() }, Random.nextLong(wait))
        wait = minOf(2 * wait, 30_000L)
    }

    /** What comes of a connection that was replaced is nothing any more. */
    private fun onMain(from: WebSocket, work: () -> Unit) {
        main.post { if (from === socket) work() }
    }

    private fun keep(number: Long) {
        seq = number
        kept.edit().putLong("seq", number).apply()
    }

    private fun say(socket: WebSocket, type: String, data: JSONObject) {
        socket.send(JSONObject().put("type", type).put("data", data).toString())
    }

    private companion object {
        const val NONE = -1L
        val FINAL = setOf(1000, 4001, 4003)
    }
}
