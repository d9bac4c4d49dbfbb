"""Several stages, two side by side: of those whose needs are there, the one first with which the
longest chain of stages begins, so that none is left over to run alone at the end."""

import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from . import manifest, progress, sources, stages
from .errors import BuildError
from .lock import Source
from .runner import Job, Result, obtain, stop_recipes
from .stages import Stage

SIDE_BY_SIDE = 2


def build(wanted: list[Stage], lock: dict[str, Source], epoch: int) -> dict[str, Result]:
    """Results of all stages in `wanted`, which holds whatever they need.

    After a failure nothing new is started; what runs is finished and kept, then BuildError tells
    of the first failure.
    """
    results: dict[str, Result] = {}
    running: dict[Future, Stage] = {}
    ahead = chains(wanted)
    waiting = sorted(wanted, key=lambda stage: -ahead[stage.name])
    failure: BuildError | None = None
    done = threading.Event()
    drawer = threading.Thread(target=progress.show_until, args=(done,), daemon=True)
    drawer.start()
    pool = ThreadPoolExecutor(SIDE_BY_SIDE)
    try:
        while running or (waiting and not failure):
            ready = [s for s in waiting if all(need in results for need in s.needs)]
            for stage in ready[: SIDE_BY_SIDE - len(running)] if not failure else []:
                waiting.remove(stage)
                running[pool.submit(_one, stage, lock, epoch, results)] = stage
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                stage = running.pop(future)
                try:
                    results[stage.name] = future.result()
                except BuildError as error:
                    failure = failure or BuildError(f"stage {stage.name} failed")
                    progress.failed(stage.name, str(error), [s.name for s in running.values()])
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        while any(future.running() for future in running):  # one may just be about to start
            stop_recipes()
            time.sleep(0.1)
        raise
    finally:
        pool.shutdown()
        done.set()
        drawer.join()
        manifest.write(results, lock)
    if failure:
        raise failure
    return results


def chains(wanted: list[Stage]) -> dict[str, int]:
    """Seconds of the longest chain of stages that begins with each, each needing the one before.
    Needed stages stand first in `wanted`."""
    after = {stage.name: 0 for stage in wanted}
    found = {}
    for stage in reversed(wanted):
        found[stage.name] = stage.seconds + after[stage.name]
        for need in stage.needs:
            after[need] = max(after[need], found[stage.name])
    return found


def job(stage: Stage, lock: dict[str, Source], epoch: int, results: dict[str, Result]) -> Job:
    """The stage with its sources fetched; what it needs has to be in `results`."""
    needs = [results[name] for name in stage.needs]
    key = _key(stage, lock, epoch, {need.stage.name: need.key for need in needs})
    return Job(stage, key, epoch, [lock[name] for name in stage.sources], needs)


def keys(
    wanted: list[Stage], lock: dict[str, Source], epoch: int, fixed: dict[str, str] | None = None
) -> dict[str, str]:
    """The keys that all stages in `wanted` have now, none of which is made. Those in `fixed` stand
    for whatever the stage's key is."""
    found: dict[str, str] = {}
    for stage in wanted:
        needs = {name: found[name] for name in stage.needs}
        found[stage.name] = (fixed or {}).get(stage.name) or _key(stage, lock, epoch, needs)
    return found


def _key(stage: Stage, lock: dict[str, Source], epoch: int, needs: dict[str, str]) -> str:
    used = {name: sources.fetch(lock[name]) for name in stage.sources}
    return stages.key(stage, epoch, used, needs)


def _one(stage: Stage, lock: dict[str, Source], epoch: int, results: dict[str, Result]) -> Result:
    start = time.monotonic()
    result = obtain(job(stage, lock, epoch, results))
    outcome = "cached" if result.cached else "built"
    progress.finished(stage.name, outcome, time.monotonic() - start)
    return result
