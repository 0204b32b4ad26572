// The rooms of somebody's contacts: which there are, what they are called, and in which one may write.

/**
 * The rooms, by their ids.
 * @param {import("../../client/jiayi.js").Me} me
 * @param {{contacts: object[], groups: object[], teams: object[], contracts: object[]}} lists of the server
 * @returns {Map<string, object>}
 */
export function roomsOf(me, { contacts, groups, teams, contracts }) {
  const isBound = boundBy(me, teams, contracts);
  const own = new Set(contracts.filter(({ doctoruid }) => doctoruid === me.uid).map(({ uid }) => uid));
  const teamNames = namesByPerson(teams, contracts);
  for (const contact of contacts) {
    contact.about = teamNames.get(contact.uid);
    contact.closed = contact.kind === "alonechat" && !isBound(contact.uid);
    contact.mine = own.has(contact.uid); // under contract through this doctor
  }
  const ownTeams = teams.filter(({ stid }) => me.teams?.includes(stid));
  const rooms = [
    ...contacts,
    ...teamRooms(contacts, ownTeams),
    ...groups.map(({ roomid, name }) => ({ roomid, name, kind: "discussion" })),
  ];
  return new Map(rooms.map((room) => [room.roomid, room]));
}

/**
 * The residents under contract with a doctor's teams with whom there is no room yet: the first message makes it.
 * @param {import("../../client/jiayi.js").Me} me
 * @param {{contacts: object[], contracts: object[]}} lists of the server
 */
export function unwrittenOf(me, { contacts, contracts }) {
  if (me.role !== "doctor") return [];
  const known = new Set(contacts.map(({ uid }) => uid));
  const others = contracts.filter(({ uid }) => !known.has(uid));
  return others.map(({ uid, name, team }) => ({ uid, name, kind: "alonechat", about: team }));
}

/** Returns a function that tells whether a contract in force lets one write to a person. */
function boundBy(me, teams, contracts) {
  if (me.role === "doctor") {
    const residents = new Set(contracts.map(({ uid }) => uid));
    return (uid) => residents.has(uid);
  }
  const doctorsOf = new Map(teams.map(({ stid, doctors }) => [stid, doctors.map(({ uid }) => uid)]));
  // The doctors of a team in another community are not known here: the server decides.
  const binds = ({ stid, doctoruid }, uid) =>
    doctoruid === uid || (doctorsOf.get(stid)?.includes(uid) ?? true);
  return (uid) => contracts.some((contract) => binds(contract, uid));
}

/** The name of the team that a doctor is in, or that a resident has a contract with, by their ids. */
function namesByPerson(teams, contracts) {
  const doctors = teams.flatMap(({ name, doctors }) => doctors.map(({ uid }) => [uid, name]));
  return new Map([...doctors, ...contracts.map(({ uid, team }) => [uid, team])]);
}

/** The rooms of a doctor's teams. The contacts list the other doctors of a team one by one, all in its room. */
function teamRooms(contacts, teams) {
  const teammates = contacts.filter(({ kind }) => kind === "teammate");
  return [...new Set(teammates.map(({ roomid }) => roomid))].map((roomid) => {
    const colleagues = teammates.filter((contact) => contact.roomid === roomid);
    const has = ({ doctors }) => colleagues.every(({ uid }) => doctors.some((doctor) => doctor.uid === uid));
    const team = teams.find(has);
    const about = colleagues.map(({ name }) => name).join(", ");
    return { roomid, kind: "teammate", name: team?.name ?? "", stid: team?.stid, about };
  });
}
