"""Measures leaver and its peers on one catalogue, in one run, and prints tables in Markdown.

    cargo build --release
    cargo build --release --manifest-path benches/Cargo.toml --bin catalogue
    python3 benches/peers/run.py [APPS ...]     # 1, 1,000 and 10,000 if not given

Peers that are not found are listed as not installed. Variables name the programs: LEAVER_BINARY, OPA, CFN_GUARD, AJV, and OPA_PYTHON for a Python
that has `opa-golib-python-bindings`, which is OPA as a library. Times and memory are measured for whole processes. Each program runs once to compare
its findings, then in turns with the others. The table has the minimum of each figure.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LEAVER = os.environ.get("LEAVER_BINARY", str(ROOT / "target/release/leaver"))
CATALOGUE = str(ROOT / "benches/target/release/catalogue")
# leaver's own rules that are closest to the rules in ten.rego.
TEN = [
    "breakglass/unready", "catalogue/no-owner", "credential/never-expires", "credential/no-owner", "jit/no-update-owner",
    "leaver/no-deprovision-owner", "leaver/sla-too-long", "mover/no-entitlement-owner", "review/no-owner", "review/too-rare",
]  # fmt: skip
# Rules that are implemented in Rust have no Rego body.
NATIVE = {"catalogue/reused-name", "waiver/index-path", "waiver/unused"}
TODAY = "2026-11-25"
ROUNDS = 7
# A slow program runs fewer rounds: it is not started again after this number of seconds in total.
ENOUGH = 60


def program(variable, name):
    return os.environ.get(variable) or shutil.which(name)


def first_line(command, word=""):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = [line.strip() for line in done.stdout.splitlines() if word in line]
    return lines[0] if lines else "unknown version"


def package_version(executable, name):
    """Returns the version of the npm package of a program."""
    for folder in Path(executable).resolve().parents:
        manifest = folder / "package.json"
        if manifest.is_file() and json.loads(manifest.read_text()).get("name") == name:
            return json.loads(manifest.read_text())["version"]
    return "unknown version"


def output(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if not done.stdout and done.returncode not in (0, 1):
        sys.exit(f"{command}: {done.stderr[:2000]}")
    return done.stdout + (done.stderr if command[0] == PEERS["ajv"] else "")


# Use a separate process, since a child inherits the peak memory of its parent process.
MEASURE = """
import os, sys, time
null = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in (0, 1, 2)]
started = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=null)
_, _, usage = os.wait4(child, 0)
print(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
"""


def measure(command):
    """Wall-clock time, processor time and peak memory (at least 9 MiB) of one process, in seconds and MiB."""
    done = subprocess.run([sys.executable, "-S", "-E", "-c", MEASURE, *command], stdout=subprocess.PIPE, check=True, text=True)
    return tuple(float(word) for word in done.stdout.split())


PEERS = {"opa": program("OPA", "opa"), "cfn-guard": program("CFN_GUARD", "cfn-guard"), "ajv": program("AJV", "ajv"), "library": os.environ.get("OPA_PYTHON")}


def versions():
    leaver = first_line([LEAVER, "--version"])
    commit = first_line(["git", "-C", str(ROOT), "log", "-1", "--format=%h"])
    yield f"leaver: {leaver.removeprefix('leaver ')} ({commit})"
    found = {
        "opa": lambda peer: first_line([peer, "version"], "Version:").removeprefix("Version: "),
        "library": lambda peer: "opa-golib-python-bindings " + first_line([peer, "-m", "pip", "show", "opa-golib-python-bindings"], "Version").split()[-1],
        "cfn-guard": lambda peer: first_line([peer, "--version"]).split()[-1],
        "ajv": lambda peer: f"ajv-cli {package_version(peer, 'ajv-cli')}, Node.js {first_line(['node', '--version'])}",
    }
    for name, version in found.items():
        yield f"{name}: {version(PEERS[name]) if PEERS[name] else 'not installed'}"


def processor():
    names = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")] if Path("/proc/cpuinfo").exists() else []
    return f"{len(os.sched_getaffinity(0))} cores, {names[0] if names else platform.machine()}"


def commands(folder):
    """The commands to run, each with the name of its row."""
    apps = str(folder / "apps")
    leaver = [LEAVER, "check", "--today", TODAY, "--profile", "default", "--quiet", "-o", "concise"]
    yield "bare parse", [CATALOGUE, "__parse", str(folder)]
    yield "leaver, all rules", [*leaver, str(folder)]
    yield "leaver, ten rules", [*leaver, *(word for rule in TEN for word in ("--select", rule)), str(folder)]
    bundle = str(folder / "bundle.tar.gz")
    if PEERS["opa"]:
        yield "OPA, leaver's bundle", [PEERS["opa"], "eval", "--bundle", bundle, "--format", "json", "data.leaver_report.findings"]
        yield "OPA, ten rules", [PEERS["opa"], "exec", "--bundle", str(folder / "ten"), "--decision", "ten/findings", apps]
    if PEERS["library"]:
        yield "OPA as a library, leaver's bundle", [PEERS["library"], str(ROOT / "tests/foreign/opa.py"), bundle, str(folder / "report.json")]
    if PEERS["cfn-guard"]:
        yield "cfn-guard, ten rules", [PEERS["cfn-guard"], "validate", "-r", str(HERE / "ten.guard"), "-d", apps, "-S", "none", "-o", "json", "--structured"]
    if PEERS["ajv"]:
        yield "ajv, ten rules", [PEERS["ajv"], "validate", "--strict=false", "--errors=no", "-s", str(HERE / "ten.schema.json"), "-d", f"{apps}/**/*.yaml"]


def rejected_files(name, text):
    """The number of files that a run of ten rules rejects."""
    if name.startswith("OPA"):
        return sum(bool(row.get("result")) for row in json.loads(text)["result"])
    if name.startswith("cfn-guard"):
        # Ignore `alive`: it is not one of the ten rules, but a condition that these rules use.
        broken = [[entry["Rule"]["name"] for entry in row["not_compliant"]] for row in json.loads(text)]
        return sum(any(rule != "alive" for rule in rules) for rules in broken)
    return sum(line.endswith(" invalid") for line in text.splitlines())


def compare_findings(folder, runs):
    """Compares the findings of the programs that evaluate the same rules."""
    report = json.loads((folder / "report.json").read_text())
    own = [f for f in report["findings"] if not f["rule"].startswith("schema/") and f["rule"] not in NATIVE]
    summary = [f"leaver {len(report['findings'])} findings"]
    counts = set()
    for name, command in runs:
        if name == "OPA, leaver's bundle":
            with tarfile.open(folder / "bundle.tar.gz") as bundle:
                declarations = json.load(bundle.extractfile("data.json"))["leaver"]["declarations"]
            found = json.loads(output(command))["result"][0]["expressions"][0]["value"]
            theirs = sorted((f["rule"], declarations[f["declaration"]]["metadata"]["name"], json.dumps(f["path"]), f["message"]) for f in found)
            if theirs != sorted((f["rule"], f["name"], json.dumps(f["path"]), f["message"]) for f in own):
                sys.exit(f"{name}: other findings than leaver ({len(theirs)} and {len(own)})")
            summary.append(f"{name}: the same {len(theirs)} that rules in Rego report")
        elif name.endswith("ten rules") and not name.startswith("leaver"):
            files = rejected_files(name, output(command))
            counts.add(files)
            summary.append(f"{name}: {files} files")
    if len(counts) > 1:
        sys.exit(f"the peers disagree: {'; '.join(summary)}")
    return "; ".join(summary)


def table(apps):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([CATALOGUE, "__write", name, str(apps), "1"], check=True)
        (folder / "ten").mkdir()
        shutil.copy(HERE / "ten.rego", folder / "ten")
        subprocess.run([LEAVER, "bundle", name, "--today", TODAY, "-o", f"{name}/bundle.tar.gz"], check=True, stdout=subprocess.DEVNULL)
        report = [LEAVER, "check", "--today", TODAY, "--profile", "default", "--quiet", "-o", f"json={name}/report.json", name]
        subprocess.run(report, stdout=subprocess.DEVNULL)
        runs = list(commands(folder))
        print(f"\n{apps:,} apps. {compare_findings(folder, runs)}\n", flush=True)
        taken = {label: [] for label, _ in runs}
        for _ in range(ROUNDS):
            for label, command in runs:
                if sum(wall for wall, _, _ in taken[label]) < ENOUGH:
                    taken[label].append(measure(command))
    least = {label: [min(figures) for figures in zip(*rows)] for label, rows in taken.items()}
    ours, parse = least["leaver, all rules"], least["bare parse"]
    print("| apps | program | runs | wall, s | processor, s | peak, MiB | wall relative to leaver, all rules | processor | processor relative to bare parse |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for label, (wall, used, peak) in least.items():
        relative = f"{wall / ours[0]:.2f} | {used / ours[1]:.2f} | {used / parse[1]:.1f}"
        print(f"| {apps} | {label} | {len(taken[label])} | {wall:.3f} | {used:.3f} | {peak:.0f} | {relative} |", flush=True)


def main():
    for needed in (LEAVER, CATALOGUE):
        if not Path(needed).exists():
            sys.exit(f"{needed} is missing: build it first (see the top of {__file__})")
    print(processor(), *versions(), sep="\n")
    for apps in [int(word.replace("_", "").replace(",", "")) for word in sys.argv[1:]] or [1, 1_000, 10_000]:
        table(apps)


main()
