// What both sides of a contract need: its states in words, and its doctor.

import { t } from "../state/language.js";

/** The states of a contract, for people. */
export const contractStates = {
  applied: t("waiting for the team"),
  signed: t("in force"),
  rejected: t("refused"),
  ended: t("ended"),
  expired: t("run out"),
};

/** The doctor whom a contract names, if the teams' lists have them. */
export function doctorOf(teams, { doctoruid }) {
  return teams.flatMap(({ doctors }) => doctors).find(({ uid }) => uid === doctoruid);
}
