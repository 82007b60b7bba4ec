"""Chooses the implementations and puts the parts together. The only file that does."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from connector import access, pull
from connector.call_ledger import CallLedger
from connector.config import CrmConfig
from connector.gateway import Gateway
from connector.lanes import Bucket, Lane
from connector.limits import CallLimits
from connector.mirror.schema import lacking, load_schema
from connector.mirror.shared_rows import stored_definitions, stored_owners, stored_portal
from connector.mirror.tables import MirrorSchema
from connector.oauth import OAuthTokens
from connector.records import CONTACTS, MIRRORED_TYPES, Owner, PropertyDefinition
from connector.refresh import refresh_contacts
from connector.versions import ApiVersions
from jobs.busy import BUSY
from jobs.clock import Clock
from jobs.crm_access import crm_config
from jobs.database import open_database, snapshot
from jobs.deliver import Desk
from jobs.errors import HalfMirrored, NothingMirrored, RulesWrong
from jobs.extent import last_nightly
from jobs.ledger import known_properties, rule_sets, runs
from jobs.messages import Scribe
from jobs.patience import Patience
from jobs.people import Absences, SlackDirectory, people_of
from jobs.reminder_policy import Hours, Moment, Policy, Steps, Urgency
from jobs.settings import Settings
from jobs.slack_access import slack_config
from jobs.user_groups import named_groups, owners_in, read_again
from rules.drift import restored
from rules.fields import FieldMap
from rules.load import load, load_files
from rules.model import Cadence, Loaded, Mode, People, RuleError, RuleSet
from rules.words import Catalogue
from rules.world import World
from slack_app.config import SlackConfig
from slack_app.courier import Courier

# Named by their places below: the vendors' clients take a quarter of a second that commands which call nobody do without.
if TYPE_CHECKING:
    from connector.hubspot import HubSpotGateway
    from slack_app.web_courier import WebCourier

Files = Mapping[str, bytes]
Progress = Callable[[str, int, int | None], None]


class Parts:
    """The program's parts for one portal, each made when it is first asked for. `pause` takes the place of waiting."""

    def __init__(self, settings: Settings, pause: Callable[[float], None] | None = None) -> None:
        self.settings = settings
        self.patience = Patience()
        # Where the running service brings messages up to date besides its work; None: at once.
        self.show_later: Callable[[Collection[int]], None] | None = None
        # Where the running service says that a Slack user has changed; None: nobody else remembers users.
        self.forget_elsewhere: Callable[[str], None] | None = None
        self.lacks = frozenset[str]()  # the permissions that the log called missing last
        self._pause = pause
        self.clock: Clock = settings.clock()
        self.fields = FieldMap.of(settings.file.fields)
        self._engine: Engine | None = None
        self._limits: CallLimits | None = None
        self._gateway: Gateway | None = None
        self._courier: Courier | None = None
        self._loaded: Loaded | None = None
        self._waiting: Loaded | None = None
        self._followed: object = None
        # What was read from the mirror, with its revision.
        self._schema: tuple[object, MirrorSchema] | None = None
        self._owners: tuple[object, list[Owner]] | None = None
        self._people: tuple[object, People] | None = None

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            self._engine = open_database(self.settings.database_url)
        return self._engine

    def gateway(self) -> Gateway:
        """For what a person waits for; the round and its sweeps go `in_lane`. SettingsWrong without a token."""
        if self._gateway is None:
            config = self.crm_config()
            tokens = OAuthTokens(config.oauth, self.engine, self.clock, self._pause_for_crm) if config.oauth else None
            make: type[HubSpotGateway] = resolve_name("connector.hubspot:HubSpotGateway")
            self._gateway = make(config, self.limits(), self.versions(), self._pause_for_crm, tokens)
        return self._gateway

    def versions(self) -> ApiVersions:
        return ApiVersions(self.engine, self.settings.file.crm.api_version)

    def limits(self) -> CallLimits:
        """The portal's calls, which all processes on this database share."""
        if self._limits is None:
            config = self.crm_config()
            limits = {Bucket.CALLS: config.calls_per_10_s, Bucket.SEARCHES: config.searches_per_s}
            ledger = CallLedger(self.engine, limits, config.reserve_per_10_s)
            self._limits = CallLimits(ledger, sleep=self._pause_for_crm)
        return self._limits

    @property
    def _pause_for_crm(self) -> Callable[[float], None]:
        return self._pause or self.patience.for_crm

    def crm_config(self) -> CrmConfig:
        return crm_config(self.settings)

    def slack_config(self) -> SlackConfig | None:
        return slack_config(self.settings)

    def courier(self) -> Courier | None:
        config = self.slack_config()
        if self._courier is None and config is not None:
            make: type[WebCourier] = resolve_name("slack_app.web_courier:WebCourier")
            self._courier = make(config, time.monotonic, self._pause or self.patience.for_slack)
        return self._courier

    def catalogue(self) -> Catalogue | None:
        """The portal's property definitions, of the types that are read; None before the first sync."""
        with snapshot(self.engine) as connection:
            definitions = {kind: stored_definitions(connection, kind) for kind in MIRRORED_TYPES}
        return {kind: found for kind, found in definitions.items() if found} or None

    def load_rules(self) -> Loaded:
        """Where the portal lost what rules write, they are read all the same: `drift` then stops these writes alone."""
        folder, people, catalogue = self.settings.rules_folder, self.known_people(), self.catalogue()
        found = load(folder, catalogue, self.fields, people)
        if catalogue is None or found.rule_set is not None:
            return found
        as_known = load(folder, restored(catalogue, self._known_properties(written=True)), self.fields, people)
        return found if as_known.rule_set is None else as_known

    def _known_properties(self, *, written: bool) -> list[PropertyDefinition]:
        """As they fitted the rules last: all of them, or those that are `written`."""
        with snapshot(self.engine) as connection:
            known = known_properties.read(connection)
        return [one.definition for one in known.values() if one.claim is not None or not written]

    def rules(self) -> RuleSet:
        """The rule set in use: it changes between rounds only. RulesWrong where there never was a good one."""
        return in_use(self.loaded_rules())

    def loaded_rules(self) -> Loaded:
        """The set in use with the files it was read from."""
        if self._loaded is None:
            found = self.load_rules()
            kept = self._last_good() if found.rule_set is None or self._reads_more(found.rule_set) else None
            if kept is None and found.rule_set is None:
                raise RulesWrong(found.errors)
            if kept is not None and found.rule_set is not None:
                self._waiting = found
            self._loaded = kept or found
        return self._loaded

    def _reads_more(self, rule_set: RuleSet) -> bool:
        """Whether the mirror lacks what this set compares: the files were changed before we started."""
        with snapshot(self.engine) as connection:
            schema = load_schema(connection, rule_set.needs, rule_set.searched)
            return bool(lacking(connection, schema))

    def _last_good(self) -> Loaded | None:
        """The set of the last rounds, which goes on, also where the portal lost what it names; None if it cannot be used."""
        with snapshot(self.engine) as connection:
            row = rule_sets.last(connection)
        catalogue = restored(self.catalogue() or {}, self._known_properties(written=False)) or None
        kept = load_files(rule_sets.files_of(row), catalogue, self.fields) if row is not None else None
        return kept if kept is not None and kept.rule_set is not None else None

    def look_at_rules(self) -> tuple[RuleError, ...]:
        """Read the files again. A good set waits until `swap_rules`; of a broken one the mistakes are returned."""
        self.loaded_rules()
        found = self.load_rules()
        self._waiting = found if found.rule_set is not None else None
        return found.errors

    def swap_rules(self) -> None:
        """Take the set that waits, now that the mirror holds what it reads and nobody is in the middle of a round."""
        if self._waiting is not None:
            self._loaded, self._waiting = self._waiting, None

    def rule_files(self) -> tuple[Files, Files | None]:
        """Of the set in use and of the one that waits: what another process needs to `follow_rules`."""
        return dict(self.loaded_rules().files), dict(self._waiting.files) if self._waiting is not None else None

    def follow_rules(self, files: tuple[Files, Files | None]) -> None:
        """Use the sets of the process that makes the rounds, as `rule_files` tells of them there."""
        catalogue = self.catalogue()
        told = (files, catalogue is not None)
        if told == self._followed:
            return
        used, waiting = (load_files(one, catalogue, self.fields) if one is not None else None for one in files)
        if used is not None and used.rule_set is not None:
            self._loaded = used
            self._waiting = waiting if waiting is not None and waiting.rule_set is not None else None
            self._followed = told

    def _read_rules_again(self) -> None:
        """More of the portal's properties are known than when the files were read: what they say of these is checked
        now, and what is broken neither stays in use nor waits.
        """
        waiting, self._waiting = self._waiting, None
        if waiting is None or in_use(waiting).version == self.rules().version:
            self._loaded = None
        if waiting is not None:
            self.look_at_rules()

    def sync(self, now: datetime, *, full: bool, progress: Progress) -> dict[str, Any]:
        """Read what changed in the CRM into the mirror; the shape that `mimawari sync` prints."""
        gateway = self.gateway().in_lane(Lane.CYCLE)
        if full:
            access.forget(self.engine)
        access.ask(self.engine, gateway, now, due=full or not pull.definitions_are_fresh(self.engine, now))
        done = access.reading(self.engine, now, lambda missing: self._sync(now, gateway, missing, progress, full=full))
        self._schema = self._owners = None
        return done.as_json()

    def _sync(
        self, now: datetime, gateway: Gateway, missing: frozenset[str], progress: Progress, *, full: bool
    ) -> pull.SyncReport:
        if self.catalogue() is None or full:
            readable = pull.types_to_read(pull.SyncRequest({}, missing_scopes=missing))
            pull.read_definitions(self.engine, gateway, now, readable)
            self._loaded = None  # with the portal's properties known, the files say more
        if pull.read_new_definitions(self.engine, gateway, self.sync_request(missing=missing)):
            self._read_rules_again()
        request = self.sync_request(full=full, sweep_due=self._last_night(now), missing=missing)
        return pull.sync(self.engine, gateway, request, now, lambda p: progress(p.object_type, p.read, p.total))

    def _last_night(self, now: datetime) -> datetime:
        """Records are compared one by one, and contacts examined all, with the first round after this."""
        return last_nightly(now, self.settings.file.service.full_examination_at, self.rules().calendar.zone)

    def missing_scopes(self) -> frozenset[str]:
        with snapshot(self.engine) as connection:
            return access.missing(connection, self.clock())

    def sync_request(
        self, *, full: bool = False, sweep_due: datetime | None = None, missing: frozenset[str] = frozenset()
    ) -> pull.SyncRequest:
        """What the rules, those in use and those that wait, and the settings need of each object."""
        sets = [in_use(loaded) for loaded in (self.loaded_rules(), self._waiting) if loaded is not None]
        # Who set a value before a rule does decides whether the rule may.
        written = {action.property for one in sets for rule in one.rules for action in rule.sets}
        return pull.SyncRequest(
            properties=united(*(one.needs for one in sets), self.settings.file.crm.properties),
            full=full,
            overlap=timedelta(minutes=self.settings.file.crm.overlap_minutes),
            searched=united(*(one.searched for one in sets)),
            histories=united(*(one.histories for one in sets), {CONTACTS: written}),
            sweep_due=sweep_due,
            missing_scopes=missing,
        )

    def read_again(self, contact_ids: Collection[str]) -> None:
        """Bring single contacts up to date with the CRM."""
        refresh_contacts(self.engine, self.gateway(), self.sync_request(), contact_ids)

    def schema(self) -> MirrorSchema:
        """Read anew when the mirror may have been, or other rules are in use: people's clicks ask for it again and again."""
        waiting = in_use(self._waiting).version if self._waiting is not None else None
        with snapshot(self.engine) as connection:
            revision = (runs.newest_reading(connection), self.rules().version, waiting)
            if self._schema is None or self._schema[0] != revision:
                if stored_portal(connection) is None:
                    raise NothingMirrored(str(NothingMirrored.__doc__))
                request = self.sync_request()
                self._schema = (revision, load_schema(connection, request.properties, request.searched))
            return self._schema[1]

    def refuse_half_read(self) -> None:
        """HalfMirrored where rules would look at records that were not read yet, or not with what the rules need."""
        request = self.sync_request(missing=self.missing_scopes())
        with snapshot(self.engine) as connection:
            if not pull.is_complete(connection, request):
                raise HalfMirrored(str(HalfMirrored.__doc__))

    def owners(self) -> list[Owner]:
        with snapshot(self.engine) as connection:
            revision = runs.newest_reading(connection)
            if self._owners is None or self._owners[0] != revision:
                self._owners = (revision, stored_owners(connection))
            return self._owners[1]

    def people(self) -> People:
        """Put together anew when owners, roles or groups are others: each click asks for it."""
        roles, owners = {**self.settings.file.roles}, self.owners()
        known = (owners, roles, owners_in(self.engine, named_groups(roles)))
        if self._people is None or self._people[0] != known:
            self._people = (known, people_of(*known))
        return self._people[1]

    def known_people(self) -> People | None:
        """None before the first sync: nobody that rules name can be looked up."""
        people = self.people()
        return people if people.persons else None

    def world(self, now: datetime) -> World:
        return World(now, self.people(), self.rules().calendar, self.settings.file.service.language)

    def policy(self, rule_set: RuleSet) -> Policy:
        reminders = self.settings.file.reminders
        opens_at, closes_at = reminders.working_hours
        hours = Hours(reminders.digest_at, reminders.leak_check_at, opens_at, closes_at)
        days = reminders.escalation
        steps = Steps(days.again_after_days, days.team_after_days, days.manager_after_days)
        return Policy(hours, rule_set.calendar, steps, reminders.messages_per_day)

    def oldest_reminded(self, rule_set: RuleSet, now: datetime) -> datetime | None:
        """Nobody is reminded any more of what was opened before. None where the settings name no limit."""
        days = self.settings.file.reminders.expire_after_days
        return rule_set.calendar.cutoff(now, days) if days else None

    def urgencies(self, rule_set: RuleSet) -> Mapping[str, Urgency]:
        """How each rule's findings are told: in the order of the rule files; `observe` rules tell nobody. What no rule file
        says comes last: that rules write too often.
        """
        told = {
            rule.id: Urgency(
                rank,
                leak=rule.channel == "leak",
                silent=rule.mode is Mode.OBSERVE or rule.remind is None,
                weekly=rule.remind is not None and rule.remind.cadence is Cadence.WEEKLY,
                quiet_if=frozenset(rule.quiet_if),
                escalates=rule.remind is not None and rule.remind.escalates,
            )
            for rank, rule in enumerate(rule_set.rules)
            if rule.finding is not None
        }
        return told | {BUSY: Urgency(len(rule_set.rules), leak=False, silent=False, escalates=False)}

    def directory(self) -> SlackDirectory | None:
        courier = self.courier()
        if courier is None:
            return None
        file = self.settings.file
        absences = Absences(
            self.rules().calendar.zone,
            away={mail.lower(): day for mail, day in file.people.away.items()},
            stand_ins={mail.lower(): other.lower() for mail, other in file.people.fallback.items()},
        )
        return SlackDirectory(self.engine, courier, file.slack.people, self.people, file.service.language, absences)

    def read_groups(self, now: datetime, keeps: timedelta) -> None:
        """Know who is in the user groups that give a role, no older than `keeps`. Slack's errors are raised."""
        courier, named = self.courier(), named_groups(self.settings.file.roles)
        if courier is not None and named:
            read_again(self.engine, courier, named, now, keeps)

    def desk(self, rule_set: RuleSet, now: datetime) -> Desk | None:
        """What delivering needs; None without Slack."""
        courier, directory, config = self.courier(), self.directory(), self.slack_config()
        if courier is None or directory is None or config is None:
            return None
        scribe = self.scribe(rule_set)
        return Desk(
            courier=courier,
            prepare=scribe.prepare,
            reader=lambda row: scribe.reader(row, directory, now),
            target=lambda row: scribe.target(row, directory, courier, config, now),
            pause=self._pause or self.patience.for_slack,
        )

    def scribe(self, rule_set: RuleSet) -> Scribe:
        address, moment = self.settings.file.crm.app_address, Moment(self.clock(), self.policy(rule_set))
        told = self.urgencies(rule_set)
        return Scribe(self.engine, rule_set, self.people(), self.schema(), address, moment, told)


def united(*named: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Per object type what any of them names."""
    kinds = {kind for one in named for kind in one}
    return {kind: sorted({name for one in named for name in one.get(kind, ())}) for kind in kinds}


def in_use(loaded: Loaded) -> RuleSet:
    """The set of a load that went well."""
    assert loaded.rule_set is not None, "only good sets are kept"
    return loaded.rule_set
