"""Plays the script of `collect` against simulated administrators.

    play.py FOLDER

Each `NAME.ps1` in the folder runs with commands that respond as the evidence `NAME.json` beside it describes. The file that the script writes must then contain that evidence, and nothing else. Further runs have one command
fail at a time, have no modules, and have values in other types.
"""
import copy
import json
import pathlib
import re
import sys

from interpreter import Failure, Interpreter, Record, Table

SERVICES = {"00000003-0000-0000-c000-000000000000", "00000002-0000-0ff1-ce00-000000000000"}
# Scenarios whose script is about something else than their evidence, with the reason.
EXCEPTIONS = {
    "grant-optional-missing": "the simulated administrator names no sender if the settings do not configure mail",
    "rooms-from-tenant": "the script does not contain the rooms that only the tenant lists",
    "settings-rooms-file-with-bad-lines": "the simulated administrator reads lists of rooms by simpler rules",
    "settings-rooms-list-with-typing-error": "the simulated administrator reads lists of rooms by simpler rules",
    "sign-in-exchange-not-provisioned": "a tenant without Exchange Online does not list the permissions of Exchange Online",
    "settings-client-id-is-an-api": "the tenant has a service principal of Microsoft Graph, which is not an app of the scenario",
}
# Commands that need the result of another one.
DEPENDENTS = {
    "Connect-MgGraph": "Get-MgContext|GET ",
    "Connect-ExchangeOnline": "Get-(?!MgContext)|Test-",
    "GET /applications": "GET /applications/{id}",
    "GET /servicePrincipals": "GET /servicePrincipals/{id}",
    "Get-ServicePrincipal": "Get-Management",
    "Get-ManagementRoleAssignment": "Get-ManagementScope",
    "Get-MailboxFolderStatistics": "Get-MailboxFolderPermission",
}
GONE = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"


def camel(name):
    return "".join(part.capitalize() for part in name.split("_"))


def switch(state):
    return {"enabled": True, "disabled": False}.get(state)


def moment(value, as_text):
    """A time as Microsoft Graph PowerShell returns it: a text, or an object."""
    if value is None or as_text:
        return value
    return Record({"kind": "datetime", "sortable": value.removesuffix("Z")})


class Tenant:
    """Commands that respond as the evidence of an administrator describes."""

    def __init__(self, evidence, failing=None, as_text=False, pages=False):
        self.evidence, self.failing, self.as_text, self.pages = evidence, failing, as_text, pages
        self.mailboxes = {own["address"].lower(): own for own in evidence["mailboxes"]}
        self.files, self.shown = {}, []
        self.failures = {}
        for command in evidence["commands"]:
            for failure in command["failures"]:
                self.failures[command["name"], (failure.get("subject") or "").lower()] = failure["error"]

    def commands(self):
        own = {
            "Write-Host": lambda parameters, given: self.shown.append(given[0]) or [],
            "Set-StrictMode": lambda parameters, given: [],
            "Get-Module": lambda parameters, given: [],
            "Get-Date": lambda parameters, given: [moment(self.evidence["collected_at"], False)],
            "Set-Content": self.write,
            "Move-Item": self.move,
            "ConvertTo-Json": lambda parameters, given: [json.dumps(parameters["inputobject"])],
            "Invoke-MgGraphRequest": self.graph,
        }
        for name in (
            "Connect-MgGraph Get-MgContext Connect-ExchangeOnline Get-ConnectionInformation Get-OrganizationConfig "
            "Get-OnPremisesOrganization Get-ApplicationAccessPolicy Get-ServicePrincipal Get-ManagementRoleAssignment "
            "Get-ManagementScope Get-Recipient Get-Mailbox Get-CASMailbox Get-CalendarProcessing "
            "Get-MailboxFolderStatistics Get-MailboxFolderPermission Test-ApplicationAccessPolicy "
            "Test-ServicePrincipalAuthorization"
        ).split():
            own[name] = self.exchange(name)
        return own

    def write(self, parameters, given):
        self.files[parameters["literalpath"]] = parameters["value"]
        return []

    def move(self, parameters, given):
        self.files[parameters["destination"]] = self.files.pop(parameters["literalpath"])
        return []

    def stop(self, name, subject=""):
        if name == self.failing:
            raise Failure("This command is not permitted.")
        error = self.failures.get((name, subject.lower()))
        if error:
            raise Failure(error, GONE if GONE in error else "")

    # ---- Microsoft Graph ----------------------------------------------------------------------------------------

    def graph(self, parameters, given):
        assert parameters["method"] == "GET" and parameters["outputtype"] == "PSObject", parameters
        path = re.sub(r"^https://[^/]+/v1\.0", "", parameters["uri"])
        path, _, skip = path.partition("?$skip=")
        found = re.search(r"appId%20eq%20%27(.*)%27", path)
        self.stop("GET " + re.sub(r"^/(applications|servicePrincipals)/[^/]*/", r"/\1/{id}/", path.partition("?")[0]))
        result = self.resource(path.partition("?")[0], found and found[1])
        if not isinstance(result, list):
            return [result]
        if not self.pages:
            return [Record({"value": result})]
        at = int(skip or 0)
        page = Record({"value": result[at : at + 1]})
        if at + 1 < len(result):
            page["@odata.nextLink"] = parameters["uri"].partition("?$skip=")[0] + f"?$skip={at + 1}"
        return [page]

    def resource(self, path, app_id):
        evidence = self.evidence
        if path == "/organization":
            return [Record({"onPremisesSyncEnabled": evidence["directory"]["on_premises_sync"] or None})]
        if path == "/policies/defaultAppManagementPolicy":
            return self.management(evidence["app_management"], "applicationRestrictions")
        if path == "/identity/conditionalAccess/policies":
            return [Record({"conditions": Record({"users": Record()})})] + [self.workload(own) for own in evidence["workload_policies"]]
        if path == "/applications":
            return [self.registration(own) for own in evidence["apps"] if own["app_id"] == app_id and own["registered"]]
        if path == "/servicePrincipals":
            if app_id in SERVICES:
                states = [own for own in evidence["directory"]["services"] if own["app_id"] == app_id]
                return [self.principal(own, app_id) for own in states]
            apps = [own for own in evidence["apps"] if own["app_id"] == app_id and own["has_service_principal"]]
            return [self.principal(own["service_principal"], None) for own in apps]
        if path.endswith("/appManagementPolicies"):
            return []
        identifier = path.split("/")[2]
        if identifier.startswith("id of "):
            return []
        app = next(own for own in evidence["apps"] if (own.get("service_principal") or {}).get("object_id") == identifier)
        if path.endswith("/appRoleAssignments"):
            return [
                Record({"resourceId": "id of " + own["resource_app_id"], "resourceDisplayName": own["resource_name"], "appRoleId": own["permission_id"]})
                for own in app["granted_application"]
            ]
        return []

    def management(self, policy, key):
        return Record({"displayName": policy["display_name"], "isEnabled": policy["enabled"], key: Record({"passwordCredentials": []})})

    def workload(self, own):
        lists = {name: own.get(name, []) for name in ("include_service_principals", "exclude_service_principals", "include_locations", "exclude_locations")}
        lists = {camel(name)[0].lower() + camel(name)[1:]: value for name, value in lists.items()}
        return Record(
            {
                "displayName": own["display_name"],
                "state": own["state"],
                "conditions": Record({"clientApplications": Record(lists), "locations": Record(lists)}),
                "grantControls": Record({"builtInControls": own["controls"]}),
            }
        )

    def principal(self, own, service):
        record = Record(
            {
                "id": own.get("object_id"),
                "appId": own["app_id"],
                "displayName": own.get("display_name"),
                "accountEnabled": own.get("account_enabled"),
                "isDisabled": own.get("deactivated"),
                "appRoleAssignmentRequired": own.get("assignment_required"),
                "appOwnerOrganizationId": own.get("owner_tenant_id"),
                "signInAudience": own.get("sign_in_audience"),
            }
        )
        if service:
            record["id"] = "id of " + service
            listed = []
            for app in self.evidence["apps"]:
                listed += app.get("granted_application") or []
                listed += (app.get("registration") or {}).get("requested") or []
            own = [one for one in listed if one["resource_app_id"] == service and one.get("permission")]
            record["appRoles"] = [Record({"id": one["permission_id"], "value": one["permission"]}) for one in own]
        return record

    def registration(self, app):
        own = app["registration"]
        resources = {}
        for one in own["requested"]:
            kind = "Scope" if one["type"] == "delegated" else "Role"
            resources.setdefault(one["resource_app_id"], []).append(Record({"id": one["permission_id"], "type": kind}))
        return Record(
            {
                "id": own.get("object_id"),
                "displayName": own["display_name"],
                "signInAudience": own["sign_in_audience"],
                "isDisabled": own["deactivated"],
                "keyCredentials": [],
                "passwordCredentials": [
                    Record(
                        {
                            "keyId": one["key_id"],
                            "displayName": one["display_name"],
                            "startDateTime": moment(one["starts_at"], self.as_text),
                            "endDateTime": moment(one["ends_at"], self.as_text),
                            "hint": "abc",
                        }
                    )
                    for one in own["secrets"]
                ],
                "requiredResourceAccess": [Record({"resourceAppId": app_id, "resourceAccess": access}) for app_id, access in resources.items()],
            }
        )

    # ---- Exchange Online ----------------------------------------------------------------------------------------

    def exchange(self, name):
        def run(parameters, given):
            assert parameters.get("erroraction") == "Stop", name
            full = name
            if "retrieveewsoperationaccesspolicy" in parameters:
                full += " -RetrieveEwsOperationAccessPolicy"
            subject = parameters.get("resource") or parameters.get("identity") or ""
            subject = subject.partition(":")[0]
            self.stop(full, subject)
            if subject and subject.lower() not in self.mailboxes and name != "Get-ManagementScope":
                raise Failure(f"The operation couldn't be performed because object '{subject}' couldn't be found.", GONE)
            handler = getattr(self, name.replace("-", "_").lower())
            return handler(parameters, self.mailboxes.get(subject.lower()))

        return run

    def connect_mggraph(self, parameters, mailbox):
        assert parameters["scopes"] == ["Directory.Read.All", "Policy.Read.All"] and parameters["contextscope"] == "Process"
        return []

    def connect_exchangeonline(self, parameters, mailbox):
        assert parameters["showbanner"] is False
        return []

    def get_mgcontext(self, parameters, mailbox):
        return [Record({"TenantId": self.evidence["graph_tenant_id"]})]

    def get_connectioninformation(self, parameters, mailbox):
        return [Record({"TenantID": "an earlier session"}), Record({"TenantID": self.evidence["exchange_tenant_id"]})]

    def get_organizationconfig(self, parameters, mailbox):
        if "retrieveewsoperationaccesspolicy" in parameters:
            return [Record({"EwsAllowedAppIDs": ",".join(self.evidence["ews_allowed_app_ids"]) or None})]
        own = self.evidence["organization"]
        record = self.user_agents(self.evidence["ews_user_agents"])
        record.update({"EwsEnabled": switch(own["ews_enabled"]), "IsDehydrated": own["is_dehydrated"]})
        return [record]

    def user_agents(self, own):
        return Record({"EwsApplicationAccessPolicy": own["policy"], "EwsAllowList": own["allow_list"], "EwsBlockList": own["block_list"]})

    def get_onpremisesorganization(self, parameters, mailbox):
        own = self.evidence["hybrid"]
        return [Record({"HybridDomains": own["domains"]}) for _ in range(own["organizations"])]

    def get_applicationaccesspolicy(self, parameters, mailbox):
        foreign = Record({"AppId": "00000000-0000-4000-8000-00000000ffff", "AccessRight": "RestrictAccess"})
        return [foreign] + [Record({camel(key): value for key, value in own.items()}) for own in self.evidence["access_policies"]]

    def get_serviceprincipal(self, parameters, mailbox):
        foreign = Record({"AppId": "00000000-0000-4000-8000-00000000ffff", "ObjectId": "x"})
        own = self.evidence["exchange_service_principals"]
        return [foreign] + [Record({camel(key): value for key, value in one.items()}) for one in own]

    def get_managementroleassignment(self, parameters, mailbox):
        principals = self.evidence["exchange_service_principals"]
        app = next(own["app_id"] for own in principals if own["object_id"] == parameters["roleassignee"])
        return [
            Record({"Name": own["name"], "Role": own["role"], "Enabled": own["enabled"], "RecipientWriteScope": own["scope_type"], "CustomResourceScope": own["scope"]})
            for own in self.evidence["role_assignments"]
            if own["app_id"] == app
        ]

    def get_managementscope(self, parameters, mailbox):
        found = [own for own in self.evidence["management_scopes"] if own["name"] == parameters["identity"]]
        return [Record({camel(key): value for key, value in own.items()}) for own in found[:1]]

    def get_recipient(self, parameters, mailbox):
        own = mailbox["recipient"]
        addresses = ["SIP:" + own["primary_address"]] + [("smtp:" if at else "SMTP:") + one for at, one in enumerate(own["addresses"])]
        return [Record({"RecipientTypeDetails": own["recipient_type"], "PrimarySmtpAddress": own["primary_address"], "EmailAddresses": addresses, "HiddenFromAddressListsEnabled": own["hidden"]})]

    def get_mailbox(self, parameters, mailbox):
        own = mailbox["mailbox"]
        return [Record({"AccountDisabled": own["account_disabled"], "SKUAssigned": own["license_assigned"], "UserPrincipalName": own["user_principal_name"]})]

    def get_casmailbox(self, parameters, mailbox):
        record = self.user_agents(mailbox["ews_user_agents"])
        record["EwsEnabled"] = switch(mailbox["ews_enabled"])
        return [record]

    def get_calendarprocessing(self, parameters, mailbox):
        record = Record({camel(key): value for key, value in mailbox["calendar_processing"].items()})
        record.update({"BookInPolicy": [], "ResourceDelegates": None})
        return [record]

    def get_mailboxfolderstatistics(self, parameters, mailbox):
        assert parameters["folderscope"] == "Calendar"
        path = mailbox.get("calendar_folder")
        found = [Record({"FolderType": "Birthdays", "FolderPath": "/Calendar/Birthdays"})]
        return found + ([Record({"FolderType": "Calendar", "FolderPath": path})] if path else [])

    def get_mailboxfolderpermission(self, parameters, mailbox):
        assert parameters["identity"].endswith(":" + mailbox["calendar_folder"].replace("/", "\\"))
        if "user" in parameters:
            raise Failure("There is no existing permission entry found for user.", "UserNotFoundInPermissionEntryException")
        return [
            Record({"User": Record({"UserType": own["user"], "ToString": "Standard"}), "AccessRights": own["rights"]})
            for own in mailbox["calendar_permissions"]
        ] + [Record({"User": Record({"UserType": "Internal", "ToString": "A person"}), "AccessRights": ["Owner"]})]

    def access_of(self, parameters, mailbox, app_id):
        return next(own for own in mailbox["access"] if own["app_id"] == app_id)

    def test_applicationaccesspolicy(self, parameters, mailbox):
        own = self.access_of(parameters, mailbox, parameters["appid"])
        return [Record({"AppId": own["app_id"], "AccessCheckResult": own["access_policy"]})]

    def test_serviceprincipalauthorization(self, parameters, mailbox):
        own = self.access_of(parameters, mailbox, parameters["identity"])
        if "exchange_roles" not in own:
            raise Failure("This command is not permitted.")
        return [
            Record({"RoleName": one["role"], "GrantedPermissions": one["granted_permissions"], "AllowedResourceScope": one["allowed_scope"], "ScopeType": one["scope_type"], "InScope": one["in_scope"]})
            for one in own["exchange_roles"]
        ]


def bare(value):
    """The evidence without what an absent field means anyway. How often a permission was read differs by the accounts."""
    if isinstance(value, list):
        return [bare(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: bare(one) for key, one in value.items() if one not in (None, [])}


def commands_of(evidence):
    found = {}
    for own in evidence["commands"]:
        failures = sorted((failure.get("subject") or "", failure["error"]) for failure in own["failures"])
        is_counted = own["name"] != "Get-MailboxFolderPermission"
        found[own["name"]] = (own["succeeded"] if is_counted else None, failures)
    return found


def played(script, tenant, without=(), switches=()):
    commands = {name: own for name, own in tenant.commands().items() if name not in without}
    variables = {"OutputFile": "out.json", "WithoutGraph": False, "WithoutExchange": False}
    variables.update({name: True for name in switches})
    Interpreter(script, commands).run(**variables)
    assert list(tenant.files) == ["out.json"], list(tenant.files)
    return json.loads(tenant.files["out.json"])


def differences(expected, actual, place=""):
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in sorted(expected.keys() | actual.keys()):
            yield from differences(expected.get(key), actual.get(key), f"{place}/{key}")
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for at, (one, other) in enumerate(zip(expected, actual)):
            yield from differences(one, other, f"{place}/{at}")
    elif expected != actual:
        yield f"{place}: expected {json.dumps(expected)[:120]}, and the script wrote {json.dumps(actual)[:120]}"


def compare(name, expected, actual):
    found = list(differences(commands_of(expected), commands_of(actual), "/commands"))
    expected, actual = (bare({key: value for key, value in own.items() if key != "commands"}) for own in (expected, actual))
    # The simulated administrator does not describe the object IDs of Microsoft's services.
    for service in actual.get("directory", {}).get("services", []):
        service.pop("object_id", None)
    found += differences(expected, actual)
    for one in found[:10]:
        print(f"{name}: {one}")
    return not found


def main(folder):
    is_same, runs, failed = True, 0, {}
    for path in sorted(pathlib.Path(folder).glob("*.ps1")):
        script = path.read_bytes().removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
        addresses = path.with_suffix(".txt")
        if addresses.exists():
            # Values that could be taken for code reach the file as they are.
            actual = played(script, Tenant({"mailboxes": [], "commands": [], "collected_at": "2026-11-28T08:00:00Z"}), switches=("WithoutGraph", "WithoutExchange"))
            assert [own["address"] for own in actual["mailboxes"]] == addresses.read_text().splitlines(), actual["mailboxes"]
            continue
        if path.stem in EXCEPTIONS:
            continue
        expected = json.loads(path.with_suffix(".json").read_text())
        for as_text, pages in ((True, False), (False, True)):
            actual = played(script, Tenant(copy.deepcopy(expected), as_text=as_text, pages=pages))
            is_same &= compare(path.stem, expected, actual)
            runs += 1
        for own in expected["commands"]:
            # A few scenarios show for each command what its failure leaves.
            if own["succeeded"] and failed.get(own["name"], 0) < 3:
                failed[own["name"]] = failed.get(own["name"], 0) + 1
                actual = played(script, Tenant(copy.deepcopy(expected), failing=own["name"]))
                failures = next(one["failures"] for one in actual["commands"] if one["name"] == own["name"])
                # The others still run.
                names = {one["name"] for one in actual["commands"]}
                others = {one["name"] for one in expected["commands"]} - names
                pattern = DEPENDENTS.get(own["name"])
                assert all(pattern and re.match(pattern, one) for one in others), (own["name"], others)
                assert failures and all(one["error"] == "This command is not permitted." for one in failures), own["name"]
                runs += 1
        missing = [name for name in Tenant(expected).commands() if name.startswith("Connect-")]
        actual = played(script, Tenant(copy.deepcopy(expected)), without=missing)
        assert len(actual["commands"]) == 2 and actual["apps"] is not None, actual["commands"]
        actual = played(script, Tenant(copy.deepcopy(expected)), switches=("WithoutGraph", "WithoutExchange"))
        assert actual["commands"] == [], actual["commands"]
        runs += 2
    print(f"{runs} runs of the script wrote what their administrators see" if is_same else "the script wrote something else")
    return 0 if is_same and runs else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
