"""What InfluxDB's Python client makes of a fresh Jeton at JETON_URL. node/clients.mjs takes the same steps.

Each prints a line: what was done, the status, and what came back. No ids, times or tokens, so that it never changes.
"""

import os
import re

from influxdb_client import (
    AddResourceMemberRequestBody,
    Authorization,
    BucketRetentionRules,
    HealthService,
    InfluxDBClient,
    OnboardingRequest,
    Organization,
    OrganizationsService,
    PasswordResetBody,
    Permission,
    PermissionResource,
    PostBucketRequest,
    ResourcesService,
    SetupService,
    SignoutService,
    UsersService,
)
from influxdb_client.rest import ApiException

URL = os.environ["JETON_URL"]


def step(name, client, call, facts=lambda answer: []):
    """Does a step and prints its line; a refusal's text stands in place of the facts. Gives what the call gave."""
    answer = None
    try:
        answer = call()
        said = facts(answer)
        status = client.api_client.last_response.status
    except ApiException as error:
        said, status = [error.message], error.status
    line = " ".join([f"{name}:", *(str(fact) for fact in [status, *said] if fact not in ("", None))])
    print(re.sub(r"\b[0-9a-f]{16}\b", "<id>", line))
    return answer


# The facts of what comes back.
def named(user):
    return [user.name, user.status]


def count(found):
    return [len(found)]


def names(found):
    return sorted(one.name for one in found)


def roles(found):
    return sorted(f"{user.name}={user.role}" for user in found.users)


def org_facts(org):
    return [org.name, org.description]


def bucket_facts(bucket):
    return [bucket.name, bucket.type, *(f"{rule.every_seconds}s" for rule in bucket.retention_rules)]


def granted(permission):
    resource = permission.resource
    return f"{permission.action}:{resource.type}" + (f"={resource.name}" if resource.name else "")


def token_facts(token):
    shown = "token=shown" if token.token else "token=hidden"
    return [token.user, token.org, token.status, token.description, shown, *map(granted, token.permissions)]


def descriptions(tokens):
    return [token.description for token in tokens]


def me(client):
    return client.users_api().me()


def me_as(name, user, password, facts=lambda answer: []):
    """The client signs in before its first request, and out when it is closed."""
    with InfluxDBClient(URL, username=user, password=password) as client:
        step(name, client, lambda: me(client), facts)


def sign_out(name, client):
    step(name, client, SignoutService(client.api_client).post_signout)
    # There is no session any more that closing the client could end.
    client.api_client.cookie = None


nobody = InfluxDBClient(URL)

# The server itself.
step("health", nobody, HealthService(nobody.api_client).get_health, lambda health: [health.name, health.status])
step("ready", nobody, nobody.ready, lambda ready: [ready.status])
step("ping", nobody, nobody.ping)

# Set-up.
setup = SetupService(nobody.api_client)
first = {"username": "alice", "password": "password1", "org": "my-org", "bucket": "telemetry"}


def set_up(**changed):
    return setup.post_setup(OnboardingRequest(**{**first, **changed}))


def allowed(answer):
    return ["allowed" if answer.allowed else "done"]


def what_is_set_up(done):
    return [done.user.name, done.org.name, done.bucket.name, done.auth.status, len(done.auth.permissions)]


step("set-up before", nobody, setup.get_setup, allowed)
step("set-up with a short password", nobody, lambda: set_up(password="short"))
done = step("set-up", nobody, set_up, what_is_set_up)
step("set-up again", nobody, set_up)
step("set-up after", nobody, setup.get_setup, allowed)

# Sessions.
step("me without credentials", nobody, lambda: me(nobody))
unknown = InfluxDBClient(URL, token="unknown")
step("me with an unknown token", unknown, lambda: me(unknown))
me_as("sign-in with a wrong password", "alice", "password2")
alice = InfluxDBClient(URL, username="alice", password="password1")
step("me by session", alice, lambda: me(alice), named)
step("tokens by session", alice, alice.authorizations_api().find_authorizations, count)
cookie = alice.api_client.cookie
sign_out("sign-out", alice)
nobody.api_client.cookie = cookie
step("me after signing out", nobody, lambda: me(nobody))
nobody.api_client.cookie = None
sign_out("sign-out without a session", nobody)

# From here on with the operator token.
operator = InfluxDBClient(URL, token=done.auth.token, org="my-org")
step("me by token", operator, lambda: me(operator), named)
step("resources", operator, ResourcesService(operator.api_client).get_resources, count)

# Users.
users = operator.users_api()
bob = step("user", operator, lambda: users.create_user("bob"), named)
step("user of the same name", operator, lambda: users.create_user("bob"))
step("user by name", operator, lambda: users.find_users(name="bob").users, names)
step("user by unknown name", operator, lambda: users.find_users(name="nobody").users, names)
step("users", operator, lambda: users.find_users().users, names)


def update_bob(name, status):
    bob.name, bob.status = name, status
    return users.update_user(bob)


step("user renamed", operator, lambda: update_bob("robert", "active"), named)
step("short password", operator, lambda: users.update_password(bob, "short"))
step("password", operator, lambda: users.update_password(bob, "password2"))
with InfluxDBClient(URL, username="robert", password="password2") as bobs:
    step("me as that user", bobs, lambda: me(bobs), named)
    service = UsersService(bobs.api_client)
    step("own password", bobs, lambda: service.put_me_password(PasswordResetBody("password3")))
me_as("sign-in with the old password", "robert", "password2")
me_as("sign-in with the new password", "robert", "password3", named)
step("user deactivated", operator, lambda: update_bob("robert", "inactive"), named)
inactive = InfluxDBClient(URL, username="robert", password="password3")
step("me as an inactive user", inactive, lambda: me(inactive))
sign_out("sign-out as an inactive user", inactive)
step("user activated", operator, lambda: update_bob("robert", "active"), named)
me_as("me as an active user", "robert", "password3", named)

# Organizations, their members and owners.
orgs = operator.organizations_api()
plant = Organization(name="plant", description="Hall 2")
plant = step("organization", operator, lambda: orgs.create_organization(organization=plant), org_facts)
step("organization of the same name", operator, lambda: orgs.create_organization("plant"))
step("organization by name", operator, lambda: orgs.find_organizations(org="plant"), names)
step("organization by unknown name", operator, lambda: orgs.find_organizations(org="nowhere"), names)
step("organizations", operator, orgs.find_organizations, names)
plant.name, plant.description = "works", "Hall 3"
step("organization updated", operator, lambda: orgs.update_organization(plant), org_facts)

# The client has its members and owners only in the layer below.
service = OrganizationsService(operator.api_client)
body = AddResourceMemberRequestBody(id=bob.id)


def name_and_role(user):
    return [user.name, user.role]


step("members at first", operator, lambda: service.get_orgs_id_members(plant.id), roles)
step("member", operator, lambda: service.post_orgs_id_members(plant.id, body), name_and_role)
step("members", operator, lambda: service.get_orgs_id_members(plant.id), roles)
step("member removed", operator, lambda: service.delete_orgs_id_members_id(bob.id, plant.id))
step("members at last", operator, lambda: service.get_orgs_id_members(plant.id), roles)
step("owners at first", operator, lambda: service.get_orgs_id_owners(plant.id), roles)
step("owner", operator, lambda: service.post_orgs_id_owners(plant.id, body), name_and_role)
step("owners", operator, lambda: service.get_orgs_id_owners(plant.id), roles)
step("owner removed", operator, lambda: service.delete_orgs_id_owners_id(bob.id, plant.id))
step("owners at last", operator, lambda: service.get_orgs_id_owners(plant.id), roles)

# Buckets.
buckets = operator.buckets_api()


def create_bucket(name):
    rule = BucketRetentionRules(type="expire", every_seconds=86400)
    return buckets.create_bucket(bucket_name=name, retention_rules=rule, org=plant)


history = step("bucket", operator, lambda: create_bucket("history"), bucket_facts)
step("bucket of the same name", operator, lambda: create_bucket("history"))
step("bucket with an underscore", operator, lambda: create_bucket("_history"))
step("bucket by name", operator, lambda: buckets.find_buckets(org="works", name="history").buckets, names)
step("bucket by unknown name", operator, lambda: buckets.find_buckets(org="works", name="nothing").buckets, names)
step("buckets", operator, lambda: buckets.find_buckets(org_id=plant.id).buckets, names)
history.name, history.description = "archive", "Old things"
history.retention_rules = [BucketRetentionRules(type="expire", every_seconds=604800)]
step("bucket updated", operator, lambda: buckets.update_bucket(history), bucket_facts)
step("bucket deleted", operator, lambda: buckets.delete_bucket(history))
step("bucket after that", operator, lambda: buckets.find_bucket_by_id(history.id), bucket_facts)

# A token for one bucket.
tokens = operator.authorizations_api()


def may(action, type, **of):
    return Permission(action=action, resource=PermissionResource(type=type, **of))


def bucket(action):
    return may(action, "buckets", id=done.bucket.id, org_id=done.org.id)


def create_token(client, description, permissions, **more):
    asked = Authorization(org_id=done.org.id, description=description, permissions=permissions, **more)
    return client.authorizations_api().create_authorization(authorization=asked)


permissions = [bucket("read"), bucket("write")]
scoped = step("token", operator, lambda: create_token(operator, "Telegraf", permissions), token_facts)
step("token without permissions", operator, lambda: create_token(operator, None, []), token_facts)
step("token by id", operator, lambda: tokens.find_authorization_by_id(scoped.id), token_facts)
step("tokens by user", operator, lambda: tokens.find_authorizations(user="alice"), descriptions)
step("tokens by organization", operator, lambda: tokens.find_authorizations(org="my-org"), descriptions)
step("tokens of another organization", operator, lambda: tokens.find_authorizations(org="works"), descriptions)

telegraf = InfluxDBClient(URL, token=scoped.token)


def its_bucket(name):
    step(name, telegraf, lambda: telegraf.buckets_api().find_bucket_by_id(done.bucket.id), bucket_facts)


def its_buckets(name):
    step(name, telegraf, lambda: telegraf.buckets_api().find_buckets().buckets, names)


its_bucket("its bucket")
its_buckets("its buckets")
mine = PostBucketRequest(name="mine", org_id=done.org.id, retention_rules=[])
step("a user by it", telegraf, lambda: telegraf.users_api().create_user("mallory"), named)
step("a bucket by it", telegraf, lambda: telegraf.buckets_api().create_bucket(bucket=mine), bucket_facts)
step("a token by it", telegraf, lambda: create_token(telegraf, None, [bucket("read")]), token_facts)


def update_token(status):
    scoped.status, scoped.description = status, "Telegraf, hall 2"
    return tokens.update_authorization(scoped)


step("token deactivated", operator, lambda: update_token("inactive"), token_facts)
its_bucket("its bucket while inactive")
its_buckets("its buckets while inactive")
step("token activated", operator, lambda: update_token("active"), token_facts)
its_bucket("its bucket when active")
step("token deleted", operator, lambda: tokens.delete_authorization(scoped))
its_bucket("its bucket after that")
step("token after that", operator, lambda: tokens.find_authorization_by_id(scoped.id), token_facts)

# Tokens of another user: they give nothing that their creator lacks, and end with the user.
limits = [may("write", "authorizations", org_id=done.org.id), may("write", "users", id=bob.id), bucket("read")]
bobs_token = step(
    "token of another user",
    operator,
    lambda: create_token(operator, "CI", limits, user_id=bob.id),
    token_facts,
)
ci = InfluxDBClient(URL, token=bobs_token.token)
step("what it may grant", ci, lambda: create_token(ci, None, [bucket("read")]), token_facts)
step("what it may not grant", ci, lambda: create_token(ci, None, [bucket("write")]), token_facts)
step("user deleted", operator, lambda: users.delete_user(bob))
step("user after that", operator, lambda: users.find_users(id=bob.id).users, names)
step("a deleted user's token", ci, lambda: me(ci), named)
step("organization deleted", operator, lambda: orgs.delete_organization(plant.id))
step("organization after that", operator, lambda: orgs.find_organizations(org="works"), names)
