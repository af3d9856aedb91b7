import pytest

import run
from run import SystemPart


def test_alone_it_lists_every_command(capsys):
    assert run.main([]) == 0

    listed = capsys.readouterr().out
    assert all(f"run.py {command}" in listed for command in run.COMMANDS)


def test_an_unknown_command_is_an_error():
    assert run.main(["dance"]) == 2


def test_a_script_that_is_not_there_is_said_in_one_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(run, "ROOT", tmp_path)

    assert run.main(["bench"]) == 2

    assert capsys.readouterr().err == "bench/run.py is missing, so there is nothing to run.\n"


def test_what_is_missing_and_cannot_be_installed_is_said_in_one_line(monkeypatch, capsys):
    monkeypatch.setattr(run, "_apt", lambda: None)
    pango = SystemPart("libpango-1.0-0", lambda: False, run.NO_PDF)
    fonts = SystemPart("fonts-dejavu-core", lambda: False, run.NO_PDF)

    run.install_system_parts((pango, fonts))

    assert capsys.readouterr().out == (
        "Missing, so that letters cannot be made as PDF: "
        "sudo apt-get install -y libpango-1.0-0 fonts-dejavu-core\n"
    )


def test_what_is_there_is_not_installed(monkeypatch):
    monkeypatch.setattr(run, "_apt", lambda: pytest.fail("nothing is missing"))

    run.install_system_parts((SystemPart("anything", lambda: True, ""),))
