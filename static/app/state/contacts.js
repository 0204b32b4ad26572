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
  for (const contact of contacts) {
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

/** The rooms of a doctor's teams. The contacts list the other doctors of a team one by one, all in its room. */
function teamRooms(contacts, teams) {
  const teammates = contacts.filter(({ kind }) => kind === "teammate");
  return [...new Set(teammates.map(({ roomid }) => roomid))].map((roomid) => {
    const colleagues = teammates.filter((contact) => contact.roomid === roomid);
    const has = ({ doctors }) => colleagues.every(({ uid }) => doctors.some((doctor) => doctor.uid === uid));
    const team = teams.find(has);
    return { roomid, kind: "teammate", name: team?.name ?? "", stid: team?.stid };
  });
}
