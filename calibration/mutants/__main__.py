"""``python -m calibration.mutants``: break our server in one way at a time, and see who notices."""

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import click

from calibration.mutants import breaks, page
from calibration.mutants.mutant import registered
from calibration.mutants.trial import Outcome, tried_in_turn

PROCESSES = 2


@click.command()
@click.argument("names", nargs=-1)
def main(names: tuple[str, ...]) -> None:
    """Run the conformance kit against each mutant, or those named, and write docs/mutants.md.

    The page is written when all of them were tried; those named are only told of.
    """
    breaks.load()
    if unknown := set(names) - registered().keys():
        raise click.BadParameter(f"there is no mutant {', '.join(sorted(unknown))}")
    chosen = names or tuple(registered())
    # A new process each: a server that runs in threads is nothing to be forked.
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        shares = [chosen[number::PROCESSES] for number in range(PROCESSES)]
        tried = pool.map(tried_in_turn, filter(None, shares))
        caught = {name: ids for share in tried for name, ids in share}
    outcomes = [Outcome(registered()[name], caught[name]) for name in chosen]
    if not names:
        page.PAGE.write_text(page.render(outcomes), encoding="utf-8")
    click.echo(page.figure(outcomes))
    sys.exit(not page.is_enough(outcomes))


if __name__ == "__main__":
    main()
