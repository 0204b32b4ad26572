#!/usr/bin/env python3
"""Holds examples/container against the repository and the program: scripts/test_image.py PROGRAM DEPENDENCIES, where DEPENDENCIES is
what the compiler wrote beside the program of the files that it is made of. scripts/test-image calls it."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONTAINER = ROOT / "examples/container"
PROGRAM, DEPENDENCIES = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
# Whom the base image calls nonroot.
NONROOT = 65532


def fail(why):
    sys.exit(f"FAILED: {why}")


def check(holds, why):
    if not holds:
        fail(why)


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def read_stages():
    """The stages of the Dockerfile, each a list of instructions with their arguments."""
    text = re.sub(r"^\s*#.*\n", "", (CONTAINER / "Dockerfile").read_text(), flags=re.M).replace("\\\n", " ")
    stages = []
    for line in filter(str.strip, text.splitlines()):
        instruction, rest = line.split(None, 1)
        if instruction == "FROM":
            stages.append([])
        stages[-1].append((instruction, rest))
    return stages


def files():
    """The files of the repository."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).stdout.split("\0")
    return {path for path in listed if path and (ROOT / path).is_file()}


def let_through():
    """Those of them that Dockerfile.dockerignore lets through to the build."""
    def expression(pattern):
        pattern = re.escape(pattern).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
        return re.compile(pattern + "(?:/.*)?")

    lines = filter(str.strip, (CONTAINER / "Dockerfile.dockerignore").read_text().splitlines())
    rules = [(not line.startswith("!"), expression(line.lstrip("!"))) for line in lines if not line.startswith("#")]

    def is_let_through(path):
        verdicts = [ignores for ignores, pattern in rules if pattern.fullmatch(path)]
        return not verdicts or not verdicts[-1]

    return set(filter(is_let_through, files()))


def try_context(stages):
    context = let_through()
    names = [stage[0][1].split(" AS ")[1] for stage in stages if " AS " in stage[0][1]]
    for instruction, rest in (line for stage in stages for line in stage if line[0] == "COPY"):
        words = rest.split()
        stage = next((word[len("--from="):] for word in words if word.startswith("--from=")), None)
        check(stage in [None, *names], f"COPY {rest}: there is no stage {stage}")
        for source in [word for word in words[:-1] if not word.startswith("--")] if stage is None else []:
            of_it = [path for path in context if source == "." or path == source or path.startswith(source.rstrip("/") + "/")]
            check(of_it, f"COPY {rest}: {source} is not let through to the build")
    needed = re.findall(r"(?:\\ |\S)+", DEPENDENCIES.read_text().split(": ", 1)[1])
    needed = {os.path.relpath(os.path.join(ROOT, path.replace("\\ ", " ")), ROOT) for path in needed}
    # What a script of the build made is made there too.
    # What macros embed, a quick build reads where it lies.
    needed = {path for path in files() if path in needed or path.startswith(("migrations/", "static/"))}
    check(len(needed) > 100, f"{DEPENDENCIES} names no files that the program is made of")
    lacking = sorted(needed - context)
    check(not lacking, f"not let through to the build: {lacking}")
    with tempfile.TemporaryDirectory() as folder:
        for path in context:
            (pathlib.Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, pathlib.Path(folder) / path)
        read = run("cargo", "metadata", "--offline", "--locked", "--no-deps", "--format-version=1", cwd=folder)
        check(read.returncode == 0, f"what is let through is no workspace: {read.stderr}")
    print(f"what is let through to the build has all {len(needed)} files that the program is made of")


def try_last_stage(stage):
    """Returns the environment that the image sets."""
    said = {instruction: rest for instruction, rest in stage}
    check(re.fullmatch(r"[1-9][0-9]*(:[1-9][0-9]*)?", said.get("USER", "")), "the last stage has no USER by number, or root")
    check("RUN" not in said and "SHELL" not in said, "the last stage runs something, for which it must have a shell")
    health = re.fullmatch(r"(?:--\S+ )*CMD (\[.*\])", said.get("HEALTHCHECK", "")) or fail("the last stage has no HEALTHCHECK without a shell")
    entry, command = json.loads(said["ENTRYPOINT"]), json.loads(said["CMD"])
    binary = next(rest.split()[-1] for instruction, rest in stage if instruction == "COPY" and "/jiayi " in rest)
    check(entry == [binary] and command == ["serve"], f"the image runs {entry + command}")
    check(json.loads(health[1]) == [binary, "health"], f"the image's health is {health[1]}")
    print(f"the image runs {binary} without a shell, as user {said['USER']}")
    return dict(word.split("=", 1) for instruction, rest in stage if instruction == "ENV" for word in rest.split())


def try_compose(image):
    variables = {"POSTGRES_PASSWORD": "north", "NATS_PASSWORD": "north", "TRUSTED_PROXIES": "127.0.0.1"}
    text = re.sub(r"\$\{(\w+)[^}]*\}", lambda found: variables[found[1]], (CONTAINER / "compose.yml").read_text())
    compose = yaml.safe_load(text)
    services, nodes = compose["services"], {}
    for name, service in services.items():
        for other in service.get("depends_on", {}):
            check(other in services, f"{name} depends on {other}, which is no service")
            check("healthcheck" in services[other], f"{name} waits for {other}, which says nothing of its health")
        for volume in (volume.split(":")[0] for volume in service.get("volumes", [])):
            check(volume.startswith(".") or volume in compose["volumes"], f"{name}: there is no volume {volume}")
        if "build" in service:
            nodes[name] = service
    check(len(nodes) > 1, "there are no two nodes")
    slots = {service["environment"]["JIAYI_CLUSTER__SLOT"] for service in nodes.values()}
    check(len(slots) == len(nodes), "two nodes have one slot")
    for name, service in nodes.items():
        build, settings = service["build"], {**image, **service["environment"]}
        check((CONTAINER / build["context"]).resolve() == ROOT and (ROOT / build["dockerfile"]).exists(), f"{name} is built of nothing")
        check(settings["JIAYI_CLUSTER__NODE"] == name, f"{name} calls itself otherwise")
        database, nats = settings["JIAYI_DATABASE_URL"], settings["JIAYI_CLUSTER__NATS"]
        for host in (re.search(r"@([^/]+)/", database)[1], re.match(r"tls://([^:]+):", nats)[1]):
            check(host in services, f"{name} knows {host}, which is no service")
        own = services["postgres"]["environment"]
        wanted = f"postgres://{own['POSTGRES_USER']}:{own['POSTGRES_PASSWORD']}@postgres/{own['POSTGRES_DB']}"
        check(database == wanted, f"{name}: {database} is not the database of the service postgres")
        login = ["--user", settings["JIAYI_CLUSTER__USER"], "--pass", settings["JIAYI_CLUSTER__PASSWORD"]]
        check(services["nats"]["command"][:4] == login, f"{name} is not who may speak to the service nats")
        port, listen = service["ports"][0].split(":")[-1], settings["JIAYI_LISTEN"].split(":")[-1]
        check(port == listen, f"{name} listens at {listen}, and {port} is published")
        authority = settings["JIAYI_CLUSTER__CA_FILE"]
        check(any(volume.split(":")[1] == authority for volume in service["volumes"]), f"{name} has no {authority}")
        # The program reads them all, before it asks whether somebody listens.
        with tempfile.NamedTemporaryFile() as file:
            said = run(str(PROGRAM), "health", env={**settings, "JIAYI_CLUSTER__CA_FILE": file.name}).stderr
        check("settings:" not in said, f"{name}: {said.strip()}")
    print(f"compose.yml: the {len(nodes)} nodes have settings that there are, and find postgres and nats by name")


def try_alone(image):
    """Runs the program as the image does, in a root with its libraries alone."""
    if os.geteuid() != 0:
        return print("left out: running it in a root of its own, for which one must be root")
    with tempfile.TemporaryDirectory() as folder:
        root, port = pathlib.Path(folder), free_port()
        root.chmod(0o755)
        libraries = re.findall(r"(/\S+) \(0x", run("ldd", str(PROGRAM)).stdout)
        for source, to in [(PROGRAM, "/usr/bin/jiayi"), *((library, library) for library in libraries)]:
            place = root / to.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, place)
        (root / "tmp").mkdir(mode=0o1777)
        state = root / image["JIAYI_FILES_FOLDER"].lstrip("/")
        state.mkdir(parents=True)
        for path in (state, state.parent):
            os.chown(path, NONROOT, NONROOT)
            path.chmod(0o700)
        settings = {**image, "JIAYI_LISTEN": f"127.0.0.1:{port}"}
        inside = [shutil.which("chroot"), f"--userspec={NONROOT}:{NONROOT}", folder, "/usr/bin/jiayi"]
        with tempfile.TemporaryFile() as log:
            server = subprocess.Popen([*inside, "serve"], env=settings, stdout=log, stderr=log)
            try:
                await_health(server, [*inside, "health"], settings, log)
                status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
                check(re.search(rf"^Uid:\s+{NONROOT}\s+{NONROOT}\s", status, re.M), "it does not run as the user of the image")
                server.send_signal(signal.SIGTERM)
                check(server.wait(20) == 0, "it does not end well")
            finally:
                server.kill()
                server.wait()
    print("with its libraries alone it is healthy, as a user without rights, and ends well")


def await_health(server, health, settings, log):
    for _ in range(150):
        if server.poll() is None and run(*health, env=settings).returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.2)
    log.seek(0)
    fail("it does not become healthy: " + log.read().decode().strip())


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def main():
    stages = read_stages()
    try_context(stages)
    image = try_last_stage(stages[-1])
    try_compose(image)
    try_alone(image)


main()
