"""The command line as a whole."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from pdm.cli import main as cli
from pdm.errors import BrokerError


def test_help_names_every_command_without_importing_any() -> None:
    """`python -m pdm` is the same program as `pdmctl`, and its help does not wait for Kafka or NumPy."""
    code = (
        "import atexit, runpy, sys; sys.argv[1:] = ['--help']; "
        "atexit.register(lambda: print({'kafka', 'numpy', 'faust', 'httpx'} & set(sys.modules))); "
        "runpy.run_module('pdm', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\nset()\n")
    assert done.stdout.startswith("Usage: pdmctl ")
    assert list(cli.HELP) == list(cli.COMMANDS)
    assert all(f"\n  {name} " in done.stdout for name in cli.COMMANDS)


def test_what_went_wrong_outside_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of ours ends with status 1 and its text, without a trace."""

    def fail() -> None:
        raise BrokerError("no Kafka answers at nowhere")

    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: click.Command("lag", callback=fail))
    result = CliRunner().invoke(cli.main, ["lag"])
    assert (result.exit_code, result.output) == (1, "Error: no Kafka answers at nowhere\n")


def test_an_unknown_command_is_a_usage_error() -> None:
    """Status 2, as for any wrong use."""
    assert CliRunner().invoke(cli.main, ["nonsense"]).exit_code == 2
