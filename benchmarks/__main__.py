"""``python -m benchmarks``: measure this server and scim2-server side by side in one run."""

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CalledProcessError

import click
import psycopg

from benchmarks import machine, report
from benchmarks.measure import NotMeasured
from benchmarks.processes import NotStarted
from benchmarks.scale import FULL, QUICK
from benchmarks.scenarios import MILLION, SCENARIOS, Scenario
from benchmarks.stage import POSTGRESQL, SQLITE, Stage
from benchmarks.targets import Outcome

FAULTS = (
    *(NotMeasured, NotStarted, CalledProcessError, psycopg.Error, OSError, EOFError),
    *(LookupError, ValueError),  # an answer that is not what SCIM says it is
)


def say(text: str) -> None:
    """Show what is going on."""
    click.echo(f"{time.strftime('%H:%M:%S')} {text}", err=True)


def play(stage: Stage, name: str, scenario: Scenario) -> tuple[list[Outcome], str | None]:
    """Run a scenario; a broken one is reported, and the others go on."""
    say(f"{name}: measuring")
    outcomes = list[Outcome]()
    try:
        for outcome in scenario(stage):
            outcomes.append(outcome)
            say(f"{name}: {outcome.target}, {outcome.subject}: {outcome.reached:.2f}")
    except FAULTS as error:
        say(f"{name}: not measured: {error}")
        return outcomes, f"{type(error).__name__}: {error}"
    return outcomes, None


@click.command()
@click.option("--quick", is_flag=True, help="Small sizes, to develop with; prints the report only.")
@click.option("--million", is_flag=True, help="The long run with 1,000,000 users instead.")
@click.option("--only", multiple=True, type=click.Choice([*SCENARIOS]), help="Measure it alone.")
@click.option(
    "--database",
    "databases",
    multiple=True,
    type=click.Choice([SQLITE, POSTGRESQL], case_sensitive=False),
    default=(SQLITE, POSTGRESQL),
    help="Measure this server on it; both unless told.",
)
def main(quick: bool, million: bool, only: tuple[str, ...], databases: tuple[str, ...]) -> None:
    """Measure this server and scim2-server and write benchmarks/RESULTS.md."""
    scenarios = MILLION if million else SCENARIOS
    chosen = {name: scenarios[name] for name in only or scenarios}
    described, runs = machine.describe(), list[report.Run]()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o711)  # PostgreSQL's own account must get through to its data
        with Stage(QUICK if quick else FULL, databases, folder, say) as stage:
            for name, scenario in chosen.items():
                outcomes, fault = play(stage, name, scenario)
                command = f"python -m benchmarks{' --million' if million else ''} --only {name}"
                date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
                runs.append(report.Run(name, command, date, described, outcomes, fault))
                if not quick:
                    report.keep(Path(__file__).parent, runs[-1])
    if quick:
        click.echo(report.render(runs))
    sys.exit(1 if any(run.fault for run in runs) else 0)


if __name__ == "__main__":
    main()
