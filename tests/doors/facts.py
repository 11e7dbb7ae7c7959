"""Columns that look like states and are none, each with the reason; a new one is refused until it is walked or stands here."""

MACHINE = "the machine moves it: workers and the clock, whose tests stop them in every state"
WITH_THE_PERIOD = "how the report stands is the state of its period"
READ = "what a person found, once; the newest counts and the others stay to be read"
PRINTED = "what a document prints"

FACTS = {
    "accounts.SecondFactor.confirmed_at": "shown from the first code on, until two administrators take the row away",
    "accounts.SecondFactor.paused_until": MACHINE,
    "jobs.Job.state": MACHINE,
    "jobs.Job.heartbeat": MACHINE,
    "jobs.Job.started_at": MACHINE,
    "jobs.Job.finished_at": MACHINE,
    "jobs.TimedTask.done_at": MACHINE,
    "jobs.TimedTask.failed_at": MACHINE,
    "jobs.Slot.state": MACHINE,
    "jobs.Slot.due_at": MACHINE,
    "jobs.Slot.done_at": MACHINE,
    "jobs.Slot.failed_at": MACHINE,
    "operations.Site.organisations_checked_at": MACHINE,
    "operations.Site.printed_at": MACHINE,
    "audit.AuditEntry.result": "an entry of the audit never changes",
    "organisations.OrganisationName.valid_from": "a name goes with its organisation, which is walked",
    "organisations.OrganisationName.valid_to": "a name goes with its organisation, which is walked",
    "organisations.ReorganisedUnit.evaluated": "kept of the day of its change, which is walked",
    "organisations.Group.resolution": PRINTED,
    "registers.RecordEvent.done_on": "an entry of a trail never changes",
    "registers.Record.struck_at": "every register is walked by everybody (test_registers)",
    "duties.ProgressReport.offline_on": WITH_THE_PERIOD,
    "duties.ProgressReport.received_on": WITH_THE_PERIOD,
    "duties.ProgressReport.submitted_at": WITH_THE_PERIOD,
    "duties.ProgressReport.decided_at": WITH_THE_PERIOD,
    "disclosure.Review.decision": "审核 of one version, a step of its record, which is walked",
    "water.Judgement.verdict": READ,
    "postdoc.Station.rules_on": "a field of the station, changed with the others",
    "postdoc.MilestoneDone.result": READ,
    "evaluation.Figure.status": PRINTED,
    "evaluation.DataSet.current": READ,
    "evaluation.RulebookLine.withdrawn_at": "said of a published line once and for good; test_declared_methods does it",
    "evaluation.DeliberatedAdjustment.outcome": "what a meeting decided, a line of its Deliberation, which is walked",
}
