import os
import signal
import subprocess
import sys
import time

import pytest

from coordination.local.children import start_child
from coordination.local.supervise import RESTARTS, GaveUpError, Program, Supervisor


@pytest.fixture
def supervisor(tmp_path):
    supervisor = Supervisor(tmp_path, tmp_path / "log")
    yield supervisor
    supervisor.end()


def python(code, name="thing"):
    return Program(name, [sys.executable, "-c", code], dict(os.environ))


def turn_until(supervisor, condition):
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        supervisor.turn(0.05)


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_lines_are_prefixed_with_the_name_of_their_program(supervisor, capsys):
    supervisor.run(python("import time; print('hello', flush=True); time.sleep(60)", "web"))

    turn_until(
        supervisor,
        lambda: "web      | hello" in supervisor.log.read_text() if supervisor.log.exists() else False,
    )

    assert "web      | hello\n" in capsys.readouterr().out


@pytest.mark.hazard("H54")
def test_a_killed_program_is_started_again(supervisor):
    supervisor.run(python("import time; time.sleep(60)"))
    first = supervisor.programs[0].child.pid

    os.kill(first, signal.SIGKILL)

    turn_until(supervisor, lambda: supervisor.programs[0].child.pid != first)


def test_a_killed_service_is_started_again(tmp_path):
    started = []
    supervisor = Supervisor(
        tmp_path, tmp_path / "log", [("postgres", lambda: False, lambda: started.append(1))]
    )

    supervisor.turn(0)

    assert started == [1]


def test_a_program_that_ends_again_and_again_is_given_up(supervisor):
    supervisor.run(python("raise SystemExit(3)"))

    with pytest.raises(GaveUpError, match=f"thing ended {RESTARTS} times"):
        turn_until(supervisor, lambda: False)


def test_ending_leaves_nothing_running_not_even_what_ignores_the_request(supervisor):
    stubborn = python(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(1, flush=True); time.sleep(60)"
    )
    stubborn.ends_within = 0.3
    supervisor.run(stubborn)
    turn_until(supervisor, lambda: supervisor.log.exists())

    supervisor.end()

    assert not is_running(stubborn.child.pid)


def test_a_killed_parent_leaves_no_orphan():
    code = (
        "import sys, time; from coordination.local.children import start_child;"
        "print(start_child([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True);"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    assert is_running(child)

    parent.kill()
    parent.wait()
    parent.stdout.close()

    until = time.monotonic() + 5
    while is_running(child):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_ctrl_c_at_the_terminal_reaches_children_only_through_us():
    child = start_child([sys.executable, "-c", "import time; time.sleep(60)"])

    assert os.getsid(child.pid) == child.pid

    child.kill()
    child.wait()
    child.stdout.close()
