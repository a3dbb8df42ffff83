"""One live run from the guard to the cleanup. Runs in the worker of its `Run` and tells everything as events there.

Order: guard, consent, turn (lease), guard again, what dead runs left, sandbox, steps, cleanup, turn given back, end. Whatever
happens, what was made is removed, and a refused cluster is sent nothing but reads.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.lab import grounds, guard, kubeconfig, recording
from assistant.lab.cluster import Cluster, read_answer, warm
from assistant.lab.demo import Step, Verdict, decide, predicted_right
from assistant.lab.events import (
    Changed,
    CleanedUp,
    DemoFinished,
    DemoStarted,
    Ending,
    Event,
    LearnersTurn,
    Measured,
    Queued,
    Refused,
    StepFailed,
    StepFinished,
    StepStarted,
    Stopped,
)
from assistant.lab.lease import RENEWED, Turn
from assistant.lab.platforms import platform
from assistant.lab.sandbox import RunStopped, Sandbox
from assistant.lab.surface import WATCHED
from assistant.lab.surveying import survey
from assistant.settings import Settings
from knowledge.errors import StudyError

if TYPE_CHECKING:
    from assistant.lab.running import Ledger, Run

TYPING = 300.0
"""Seconds a learner has to type a step's command."""
UNWATCHED = 60.0
"""Seconds without a reader after which a live run is stopped."""

_log = logging.getLogger(__name__)


def examine(settings: Settings, ledger: Ledger | None, expected_uid: str = "") -> tuple[guard.Examination, Cluster | None]:
    """Ask the guard: the five checks, and the owner's client where the first two let us ask the cluster at all.

    Without a ledger the last check stays open.
    """
    found = kubeconfig.read(settings.profile)
    first = guard.configured(settings.profile, found)
    if found.entry is None or not all(check.passed for check in first):
        return guard.Examination((*first, *(guard.Check(name, None) for name in guard.CHECKS[2:]))), None
    try:
        owner = Cluster(found.entry)
    except Exception as error:  # the client reads certificates: whatever is wrong with them, it is no Minikube of ours
        broken = guard.Check(
            "address", False, "guard-credentials", {"profile": settings.profile, "reason": type(error).__name__}
        )
        return guard.Examination((first[0], broken, *(guard.Check(name, None) for name in guard.CHECKS[2:]))), None
    return judge(settings, ledger, owner, expected_uid), owner


def judge(settings: Settings, ledger: Ledger | None, owner: Cluster, expected_uid: str = "") -> guard.Examination:
    """The five checks with a client that is there already; what the kubeconfig says is read anew."""
    first = guard.configured(settings.profile, kubeconfig.read(settings.profile))
    if not all(check.passed for check in first):
        return guard.Examination((*first, *(guard.Check(name, None) for name in guard.CHECKS[2:])))
    answer = read_answer(owner)
    agreed = ledger.agreed(answer.uid) if ledger is not None and answer.uid else None
    return guard.Examination((*first, *guard.answered(settings.profile, answer, agreed, expected_uid)), answer)


def perform_live(run: Run, settings: Settings, ledger: Ledger, *, typed: bool) -> None:
    """Perform the demo of this run on the learner's cluster."""
    try:
        examination, owner = examine(settings, ledger)
        refusal = examination.refusal
    except StudyError as error:
        refusal, owner, examination = error, None, guard.Examination(())
    if refusal is not None or owner is None or examination.answer is None:
        refusal = refusal or StudyError("guard-no-answer", profile=settings.profile, reason="")
        run.emit(Refused(refusal.code, {**refusal.facts, "slug": run.demo.slug}))
        return
    warm()
    with closing(owner), ExitStack() as held:
        try:
            folder = held.enter_context(grounds.lived(settings.home, run.id))
        except OSError as error:
            run.emit(Refused("home-unwritable", {"path": str(settings.home), "reason": error.strerror or str(error)}))
            return
        _Performance(run, settings, ledger, owner, examination.answer, folder, typed=typed).perform()


class _Performance:
    """The state of one live run while it lasts."""

    def __init__(
        self,
        run: Run,
        settings: Settings,
        ledger: Ledger,
        owner: Cluster,
        answer: guard.Answer,
        folder: Path,
        *,
        typed: bool,
    ) -> None:
        self.run, self.settings, self.ledger, self.owner = run, settings, ledger, owner
        self.answer, self.folder, self.typed = answer, folder, typed
        self.namespace = f"kubenote-{run.id}"
        self.turn = Turn(owner, run.id, lambda other: other != run.id and grounds.dead_here(settings.home, other))
        self.step = -1
        self.failed: StudyError | None = None
        self.ending: Ending = "failed"
        self.made = False
        self.over = threading.Event()
        self._asked_in = -2

    # telling

    def tell(self, event: Event) -> None:
        self.run.emit(event)

    def changed(self, verb: str, kind: str, name: str) -> None:
        """A write: an event and a line of the journal."""
        self.tell(Changed(verb, kind, name))
        self.record(verb, kind, name)

    def removed(self, verb: str, kind: str, name: str) -> None:
        """A write of the cleanup, which a journal that cannot be written does not hold up."""
        try:
            self.changed(verb, kind, name)
        except StudyError as error:
            _log.warning("not in the journal: %s %s %s: %s", verb, kind, name, error)

    def record(self, verb: str, kind: str, name: str) -> None:
        self.ledger.record_write(self.run.id, self.owner.entry.context, self.namespace, verb, kind, name)

    # the guard, before each batch of changes

    def gate(self, *, anew: bool = False) -> None:
        """Ask the guard again, once a step, or in any case with `anew`."""
        if anew or self._asked_in != self.step:
            refusal = judge(self.settings, self.ledger, self.owner, self.answer.uid).refusal
            if refusal is not None:
                raise refusal
            self._asked_in = self.step

    # the flow

    def perform(self) -> None:
        """Wait for the turn, do everything, give the turn back."""
        try:
            taken = self.turn.take(lambda place: self.tell(Queued(place)), self.run.stopping)
        except StudyError as error:
            self.tell(Refused(error.code, error.facts))
            return
        if not taken:
            self.tell(Stopped(self.run.stopped_by))
            self.tell(DemoFinished("stopped", None, None))
            return
        keeper = threading.Thread(target=self._keep, name=f"lease-{self.run.id}", daemon=True)
        keeper.start()
        sandbox: Sandbox | None = None
        try:
            try:
                sandbox = self._prepare()
                self._steps(sandbox)
                self.gate(anew=True)  # a watch that broke shows nothing: no verdict where the cluster has gone meanwhile
                self.ending = "finished"
            except RunStopped:
                self._stopped()
            except StudyError as error:
                self._failed(error)
            except Exception as error:
                _log.exception("a step broke")
                self._failed(StudyError("lab-broken", reason=f"{type(error).__name__}: {error}"[:300]))
            if sandbox is not None:
                sandbox.let_go()
            self._clean_up()
        finally:
            self.over.set()
            self._give_back()
        self._finish(sandbox)

    def _stopped(self) -> None:
        if self.failed is not None:
            self._failed(self.failed)
        else:
            self.ending = "stopped"
            self.tell(Stopped(self.run.stopped_by))

    def _failed(self, error: StudyError) -> None:
        self.ending = "failed"
        self.tell(StepFailed(self.step, error.code, error.facts))

    def _keep(self) -> None:
        """Renew the lease until the run is over; stop a run that nobody watches or that lost its lease."""
        next_renewal = time.monotonic() + RENEWED
        since: float | None = None
        while not self.over.wait(1.0):
            if self.run.unwatched_for() > UNWATCHED:
                self.run.stop("unwatched")
            if time.monotonic() < next_renewal:
                continue
            next_renewal = time.monotonic() + RENEWED
            try:
                self.turn.renew()
                since = None
            except StudyError as error:
                since = since or time.monotonic()
                if error.code == "lease-lost" or time.monotonic() - since > 4 * RENEWED:
                    self.failed = self.failed or error  # lost to another run, or nobody answers and it will lapse
                    self.run.stop("lease")

    def _prepare(self) -> Sandbox:
        """Guard again, sweep, make the sandbox, begin to watch."""
        self.gate()
        self._sweep()
        demo, run = self.run.demo, self.run
        now = grounds.server_time(self.owner)
        forms = grounds.manifests(self.namespace, run.id, demo.slug, grounds.home_id(self.settings.home), now)
        self.tell(
            DemoStarted(
                demo.slug,
                recording.fingerprint(demo),
                datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                self.answer.version,
                platform(self.settings.profile, self.answer),
                self.owner.entry.context,
                self.namespace,
                len(demo.steps),
                demo.budget_seconds,
            )
        )
        if run.stopping.is_set():
            raise RunStopped
        self.made = True
        token = grounds.make(self.owner, forms, self.changed, run.stopping)
        if run.stopping.is_set():
            raise RunStopped
        path = self.folder / "kubeconfig"
        grounds.write_kubeconfig(self.owner.entry, token, self.namespace, path)
        steps = Cluster(self.owner.entry, token=token)
        sandbox = Sandbox(
            context=self.owner.entry.context,
            namespace=self.namespace,
            image=self.settings.image,
            cluster=steps,
            kubeconfig=path,
            emit=self.tell,
            gate=self.gate,
            record=self.record,
            survey=lambda: survey(self.owner),
            stopping=run.stopping,
        )
        sandbox.at_end(steps.close)
        sandbox.at_end(steps.watch(self.namespace, WATCHED, sandbox.seen.on))  # type: ignore[arg-type]
        return sandbox

    def _sweep(self) -> None:
        """Remove what dead runs left: we hold the turn, so no other run lives on this cluster."""
        for left in grounds.ours(self.owner):
            if left.run != self.run.id and not left.deleting:
                grounds.send_delete(self.owner, left.namespace, left.run, self.changed)
        grounds.forget_dead(self.settings.home)

    def _steps(self, sandbox: Sandbox) -> None:
        for number, step in enumerate(self.run.demo.steps):
            self.step = number
            sandbox.check()
            began = time.monotonic()
            self.tell(StepStarted(number, step.verb, sandbox.line(step), sandbox.yaml(step)))
            if self.typed and (effect := getattr(step, "took_effect", None)) is not None and sandbox.line(step):
                self._let_learner(sandbox, step, effect)
            else:
                for event in step.perform(sandbox):
                    if isinstance(event, Measured):
                        sandbox.measured[event.name] = event.value
                    self.tell(event)
            self.tell(StepFinished(number, round(time.monotonic() - began, 3)))

    def _let_learner(self, sandbox: Sandbox, step: Step, effect: Callable[[Sandbox], bool]) -> None:
        """Wait until the watch shows the effect of the step, whoever caused it."""
        self.tell(LearnersTurn(self.step, sandbox.line(step), TYPING))
        sandbox.memory["mark"] = str(sandbox.seen.mark())
        sandbox.wait(lambda: effect(sandbox) or None, TYPING, "learner-did-not-type", command=sandbox.line(step))
        sandbox.changed_at = time.monotonic()

    # the end

    def _clean_up(self) -> None:
        """Remove the namespace of the run, however the run ended; the guard is asked until it lets us or time is up.

        It must still be the cluster that the run began on; a consent withdrawn meanwhile holds no cleanup up.
        """
        if not self.made:
            self.run.deleted.set()
            return
        began = time.monotonic()
        waiting = ""
        gone = False
        while True:
            try:
                refusal = judge(self.settings, None, self.owner, self.answer.uid).refusal
                if refusal is None:
                    grounds.send_delete(self.owner, self.namespace, self.run.id, self.removed)
                    self.run.deleted.set()
                    left = grounds.GONE_WITHIN - (time.monotonic() - began)
                    gone, waiting = grounds.wait_gone(self.owner, self.namespace, seconds=max(1.0, left))
                    break
                waiting = refusal.code
                if refusal.code not in ("guard-no-answer", "guard-not-ready", "guard-not-allowed", "guard-not-kubernetes"):
                    break
            except StudyError as error:
                waiting = str(error.facts.get("reason", error.code))
            if time.monotonic() - began > grounds.GONE_WITHIN or self.run.stopped_by == "signal":
                break
            time.sleep(0.5)
        self.tell(CleanedUp(self.namespace, gone, round(time.monotonic() - began, 3), waiting))

    def _give_back(self) -> None:
        try:
            refusal = judge(self.settings, None, self.owner, self.answer.uid).refusal
            if refusal is None:
                self.turn.leave()
        except StudyError as error:
            refusal = error
        if refusal is not None:
            _log.info("the lease lapses by itself: %s", refusal)
            grounds.owing(self.folder)

    def _finish(self, sandbox: Sandbox | None) -> None:
        demo = self.run.demo
        verdict: Verdict | None = None
        right = None
        if sandbox is not None and self.ending == "finished":
            verdict = decide(demo, sandbox.measured)
            right = predicted_right(demo, self.run.predicted, sandbox.measured)
        self.tell(DemoFinished(self.ending, verdict, right))
