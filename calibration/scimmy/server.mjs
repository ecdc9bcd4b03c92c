// SCIMMY and its routers, set up as their documentation shows, over the least store that they
// leave to whoever uses them: ids, 404, 409, timestamps, and memberships seen from both sides.
// SCIMMY's own filter, sort, paging, projection, PATCH and Bulk are what is examined.

import {randomUUID} from "node:crypto";
import {isDeepStrictEqual} from "node:util";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const {PORT, TOKEN} = process.env;
const {User, Group} = SCIMMY.Resources;
const NAMES = {User: "userName", Group: "displayName"};
const kept = {User: new Map(), Group: new Map()};

// What is kept is a copy, and so is what is shown, as with a database: a request that is refused
// half-way has changed nothing.
const found = (kind, id) => {
    const record = kept[kind].get(id);
    if (record === undefined) throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
    return structuredClone(record);
};

// As JSON a document has no password, and nobody signs in here. What does not change a record does
// not touch its timestamp (RFC 7644 §3.5.2.1).
const keep = (kind, id, document) => {
    const now = new Date().toISOString();
    const {meta = {created: now}, ...before} = kept[kind].get(id) ?? {};
    const {meta: _, ...after} = {...JSON.parse(JSON.stringify(document)), id};
    if (after.members) after.members = after.members.map(({value}) => ({value}));
    if (!isDeepStrictEqual(before, after))
        kept[kind].set(id, {...after, meta: {...meta, lastModified: now}});
    return found(kind, id);
};

const kindOf = (id) => Object.keys(kept).find((kind) => kept[kind].has(id));

const reference = (kind, id, type) => ({
    value: id, type, display: kept[kind].get(id)[NAMES[kind]],
    $ref: `${SCIMMY.Resources[kind].basepath()}/${id}`
});

// Names are compared as RFC 8265 §3.3 has it: width and case folded, then composed.
const prepared = (name) => name.normalize("NFKC").toLowerCase();

const check = {
    User: ({userName}, id) => {
        const same = (each) => prepared(each.userName) === prepared(userName);
        if ([...kept.User.values()].some((each) => each.id !== id && same(each)))
            throw new SCIMMY.Types.Error(409, "uniqueness", `userName ${userName} is taken`);
    },
    Group: ({members = []}) => {
        const unknown = members.find(({value}) => kindOf(value) === undefined);
        if (unknown !== undefined)
            throw new SCIMMY.Types.Error(400, "invalidValue", `Member ${unknown.value} not found`);
    }
};

// A record as its kind shows it: references are made when they are read, and never out of date.
const shown = {
    User: (user) => {
        const groups = [...kept.Group.values()]
            .filter(({members = []}) => members.some(({value}) => value === user.id))
            .map(({id}) => reference("Group", id, "direct"));
        return {...user, ...(groups.length ? {groups} : {})};
    },
    Group: ({members = [], ...group}) => {
        const ids = [...new Set(members.map(({value}) => value))].filter(kindOf);
        const known = ids.map((id) => reference(kindOf(id), id, kindOf(id)));
        return {...group, ...(known.length ? {members: known} : {})};
    }
};

const handlers = (kind) => ({
    ingress: ({id}, document) => {
        if (id !== undefined) found(kind, id);
        check[kind](document, id);
        return shown[kind](keep(kind, id ?? randomUUID(), document));
    },
    egress: ({id, filter}) => {
        if (id !== undefined) return shown[kind](found(kind, id));
        const all = [...kept[kind].keys()].map((each) => shown[kind](found(kind, each)));
        return filter === undefined ? all : filter.match(all);
    },
    degress: ({id}) => {
        found(kind, id);
        kept[kind].delete(id);
    }
});

SCIMMY.Resources.declare(User, {
    ...handlers("User"), extensions: [{schema: SCIMMY.Schemas.EnterpriseUser, required: false}]
});
SCIMMY.Resources.declare(Group, handlers("Group"));

express().use("/scim", new SCIMMYRouters({
    type: "bearer",
    docUri: "https://datatracker.ietf.org/doc/html/rfc6750",
    baseUri: (request) => `${request.protocol}://${request.get("host")}`,
    handler: (request) => {
        // The token is nobody's of these users, so that /Me has nobody to show.
        if (request.header("Authorization") !== `Bearer ${TOKEN}`) throw new Error("Not authorized");
    }
})).listen(Number(PORT), "127.0.0.1");
