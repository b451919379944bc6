// Makes the replica set and the product's user. Safe to run again. Run by the service mongo-init of compose.yaml.
const fs = require("fs");

const secret = (name) => fs.readFileSync(`/run/secrets/${name}`, "utf-8").trim();
const root = `root:${encodeURIComponent(secret("mongo_root_password"))}`;
const ALREADY_INITIALIZED = 23;
const USER_EXISTS = 51003;
const MEMBERS = ["mongo1:27017", "mongo2:27017", "mongo3:27017"];

const first = connect(`mongodb://${root}@${MEMBERS[0]}/admin?directConnection=true`);
try {
  first.adminCommand({
    replSetInitiate: { _id: "rs0", members: MEMBERS.map((host, _id) => ({ _id, host })) },
  });
} catch (fault) {
  if (fault.code !== ALREADY_INITIALIZED) throw fault;
}

// The driver waits here until the members have elected a primary.
const admin = connect(`mongodb://${root}@${MEMBERS.join(",")}/admin?replicaSet=rs0&serverSelectionTimeoutMS=60000`);
try {
  admin.createUser({
    user: "casespace",
    pwd: secret("mongo_app_password"),
    roles: [{ role: "dbOwner", db: "casespace" }],
  });
} catch (fault) {
  if (fault.code !== USER_EXISTS) throw fault;
  admin.updateUser("casespace", { pwd: secret("mongo_app_password") });
}
print("replica set and user are ready");
