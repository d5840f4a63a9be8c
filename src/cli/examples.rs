//! The examples below `--help`. A test parses every line and runs those that need no tenant.

pub(super) const PROGRAM: &str = "\
Examples:
  # See a complete report of a simulated tenant
  rx-preflight demo
  # Check a tenant with the settings file in this folder, and keep the report
  rx-preflight check -o report.json
  # Write the steps for the customer's administrator
  rx-preflight report report.json --for admin -o handover.html
  # Look up an error code
  rx-preflight explain AADSTS7000222
  # List the permissions that an administrator must grant
  rx-preflight requirements --api graph";

pub(super) const CHECK: &str = "\
Examples:
  # Check one connection without a settings file
  rx-preflight check --tenant-id contoso.com --client-id 9a41d1a0-0000-4000-8000-000000000000 \\
      --client-secret-file secret.txt --api graph --room boardroom@contoso.com
  # Check a settings file; write one report to keep and one to share
  rx-preflight check --config rx-preflight.toml -o full.json -o report.html
  # Show at most twelve lines about the sign-in and the permissions; --only list shows every name
  rx-preflight check --brief --only sign-in,grant
  # Repeat the check until a change is effective, and write a redacted copy for a ticket
  rx-preflight check --wait 2h --redact -o ticket.json
  # Let the exit code be only about what changed since the last report
  rx-preflight check --baseline last-week/contoso.json -o now.json";

pub(super) const MIGRATE: &str = "\
Examples:
  # Compare EWS and Graph for every connection of a settings file, and keep the report
  rx-preflight migrate --config rx-preflight.toml -o migration.json
  # Compare one location only
  rx-preflight migrate --connection Berlin
  # See the report for a simulated tenant
  rx-preflight demo migration";

pub(super) const FLEET: &str = "\
Examples:
  # Check every settings file of a folder, and keep one report for each customer
  rx-preflight fleet customers --output-dir reports
  # Continue a run that was interrupted
  rx-preflight fleet customers --output-dir reports --resume
  # Check the second of four parts, and write a page about it
  rx-preflight fleet customers --output-dir reports --shard 2/4 -o fleet.html";

pub(super) const INIT: &str = "\
Examples:
  # Prompt for every value, and write rx-preflight.toml
  rx-preflight init
  # Read the copied text of a ResourceXpress settings page
  rx-preflight init --from-stdin --offline < page.txt
  # Write a file without prompts and without any request
  rx-preflight init --yes --offline --api graph --tenant-id contoso.com \\
      --client-id 9a41d1a0-0000-4000-8000-000000000000 --client-secret-env RX_CLIENT_SECRET \\
      --room boardroom@contoso.com -o berlin.toml";

pub(super) const DEMO: &str = "\
Examples:
  # Check a simulated tenant on the day before go-live
  rx-preflight demo
  # Show the first problem in full
  rx-preflight demo --problem 1
  # Run one scenario and write its report in two formats
  rx-preflight demo ews-disabled -o report.html -o report.json
  # List all scenarios
  rx-preflight demo --list";

pub(super) const SIMULATE: &str = "\
Examples:
  # Run a simulated tenant and write the settings file and the secrets for it
  rx-preflight simulate ews-disabled --settings-out trial
  # Use TLS, and record every request and response
  rx-preflight simulate graph-ready --tls --ca-out ca.pem --record traffic.jsonl
  # Simulate a large, slow tenant that throttles requests
  rx-preflight simulate graph-ready --rooms 1000 --latency 50ms --throttle-in-flight 4";

pub(super) const REPORT: &str = "\
Examples:
  # Show one problem of a saved report: evidence, all steps and commands, and how to verify the fix
  rx-preflight report full.json --problem 1
  # Convert a saved report to an HTML page
  rx-preflight report full.json --format html -o page.html -q
  # Write a copy for a ticket; the screen of the check stays readable
  rx-preflight report full.json --redact -q -o ticket.json
  # Write only the steps for the customer's administrator
  rx-preflight report full.json --for admin -o handover.html
  # Combine the reports of many customers, and show who got worse since last week
  rx-preflight report --merge reports --since last-week -o fleet.html";

pub(super) const COLLECT: &str = "\
Examples:
  # Write the script for the tenant, the apps and the mailboxes of a saved report
  rx-preflight collect --report full.json -o collect.ps1
  # Write it without a report or a settings file
  rx-preflight collect --tenant-id contoso.com --client-id 9a41d1a0-0000-4000-8000-000000000000 \\
      --room boardroom@contoso.com -o collect.ps1
  # Read the script for a simulated tenant
  rx-preflight collect --scenario ews-disabled";

pub(super) const DIFF: &str = "\
Examples:
  # Show what changed; the exit code is 1 if the later report is worse
  rx-preflight diff yesterday.json today.json
  # Write the changes to a file for a ticket and show nothing
  rx-preflight diff yesterday.json today.json -q -o changes.md
  # Print the changes for a program
  rx-preflight diff yesterday.json today.json --format json";

pub(super) const EXPLAIN: &str = "\
Examples:
  # Show what a code means, who can fix it and how
  rx-preflight explain AADSTS7000222
  # Show what a cause and a check mean
  rx-preflight explain mailbox.outside-scope mailbox.impersonation
  # Find all known codes and messages in a log
  rx-preflight explain < resourcexpress.log";

pub(super) const TOKEN: &str = "\
Examples:
  # Compare a token with what ResourceXpress needs
  rx-preflight token < token.txt
  # Compare it with what outgoing mail and user sync need as well
  rx-preflight token --api graph --require mail,user-sync < token.txt
  # Find the token in a log
  rx-preflight token --api ews < request.log";

pub(super) const REQUIREMENTS: &str = "\
Examples:
  # List the permissions for Microsoft Graph
  rx-preflight requirements
  # List those for Exchange Web Services in another cloud
  rx-preflight requirements --api ews --cloud gcc-high
  # Fill in the ids, so that every command can be copied
  rx-preflight requirements --require mail,user-sync --tenant-id contoso.com \\
      --client-id 9a41d1a0-0000-4000-8000-000000000000 --room boardroom@contoso.com";

pub(super) const GUIDE: &str = "\
Examples:
  # Print the guide for a new installation over Microsoft Graph
  rx-preflight guide
  # Write a page and a script for an installation that uses both APIs
  rx-preflight guide --api ews,graph --require mail,user-sync --tenant-id contoso.com -q \\
      -o guide.html -o setup.ps1
  # Tick off what a report confirms
  rx-preflight guide --report full.json -q -o guide.md";
