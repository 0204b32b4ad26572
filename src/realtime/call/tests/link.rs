//! What the connections of a call do to it.

use super::*;

#[test]
fn signals_go_between_the_two_bound_connections_only() {
    let (mut call, ann, ben) = active();
    let told = call.on(signal("ann", &ann, "offer"), second(6)).unwrap();
    assert_eq!(told, [relayed(&ben, "ann", "offer")]);
    let told = call.on(signal("ben", &ben, "answer"), second(6)).unwrap();
    assert_eq!(told, [relayed(&ann, "ben", "answer")]);
    let other = on("tablet");
    assert_eq!(call.on(signal("ben", &other, "x"), second(6)), Err(Refusal::Elsewhere));
    assert_eq!(call.on(signal("eve", &on("eve's"), "x"), second(6)), Err(Refusal::Stranger));
}

#[test]
fn what_the_caller_signals_ahead_reaches_whichever_device_accepts() {
    let (ann, ben) = (on("ann's"), on("ben's"));
    let mut call = ringing(None);
    assert_eq!(call.on(signal("ann", &ann, "offer"), second(1)), Ok(Vec::new()));
    assert_eq!(call.on(signal("ann", &on("tablet"), "x"), second(1)), Err(Refusal::Elsewhere));
    assert_eq!(call.on(signal("ben", &ben, "x"), second(1)), Err(Refusal::NotAccepted));
    let told = call.on(accept(&ben), second(5)).unwrap();
    assert_eq!(told.last(), Some(&relayed(&ben, "ann", "offer")));
}

#[test]
fn a_caller_without_a_known_connection_is_bound_by_the_first_that_shows_itself() {
    let (ann, ben) = (on("ann's"), on("ben's"));
    let mut call = ringing(None);
    call.on(arrived("ann", &ann), second(1)).unwrap();
    call.on(arrived("ann", &on("tablet")), second(2)).unwrap();
    call.on(accept(&ben), second(5)).unwrap();
    let told = call.on(signal("ben", &ben, "answer"), second(6)).unwrap();
    assert_eq!(told, [relayed(&ann, "ben", "answer")]);
}

#[test]
fn parties_that_never_show_up_on_a_connection_are_offline_after_the_grace_time() {
    let mut call = ringing(None);
    let accept = Event::Accept { by: uid("ben"), at: None };
    let told = call.on(accept, second(5)).unwrap();
    for party in [Party::Caller, Party::Callee] {
        assert!(told.contains(&Effect::SetTimer(Timer::Grace(party), second(20))));
    }
    let ben = on("ben's");
    let told = call.on(arrived("ben", &ben), second(6)).unwrap();
    assert_eq!(told, clear(&[Timer::Grace(Party::Callee)]));
    let told = call.on(Event::Fired(Timer::Grace(Party::Caller)), second(20)).unwrap();
    assert_ended(&told, ending(EndReason::Offline, 15, Some("ann"), vec![everywhere("ben")]));
}

#[test]
fn a_lost_party_that_does_not_come_back_ends_the_call_for_the_other() {
    let (mut call, _, ben) = active();
    let told = call.on(Event::Lost(ben.session), second(10)).unwrap();
    assert_eq!(told, [Effect::SetTimer(Timer::Grace(Party::Callee), second(25))]);
    let told = call.on(Event::Fired(Timer::Grace(Party::Callee)), second(25)).unwrap();
    assert_ended(&told, ending(EndReason::Offline, 20, Some("ben"), vec![everywhere("ann")]));
}

#[test]
fn a_caller_lost_while_it_rings_ends_the_call_too() {
    let ann = on("ann's");
    let mut call = ringing(Some(&ann));
    call.on(Event::Lost(ann.session), second(10)).unwrap();
    let told = call.on(Event::Fired(Timer::Grace(Party::Caller)), second(25)).unwrap();
    assert_ended(&told, ending(EndReason::Offline, 0, Some("ann"), vec![everywhere("ben")]));
    assert_eq!(told[..2], clear(&[Timer::Ring, Timer::Grace(Party::Caller)]));
}

#[test]
fn the_same_device_coming_back_is_bound_again_and_gets_what_waited() {
    let (mut call, ann, ben) = active();
    call.on(Event::Lost(ben.session), second(10)).unwrap();
    assert_eq!(call.on(arrived("ben", &on("tablet")), second(11)), Ok(Vec::new()));
    assert_eq!(call.on(signal("ann", &ann, "late"), second(12)), Ok(Vec::new()));
    let back = again(&ben);
    let told = call.on(arrived("ben", &back), second(13)).unwrap();
    let wanted = [Effect::ClearTimer(Timer::Grace(Party::Callee)), relayed(&back, "ann", "late")];
    assert_eq!(told, wanted);
    assert_eq!(call.on(Event::Fired(Timer::Grace(Party::Callee)), second(25)), Ok(Vec::new()));
    assert_eq!(call.phase(), Phase::Active);
}

#[test]
fn a_new_connection_of_the_same_device_is_not_evicted_by_the_old_ones_end() {
    let (mut call, ann, ben) = active();
    let back = again(&ben);
    assert_eq!(call.on(arrived("ben", &back), second(10)), Ok(Vec::new()));
    assert_eq!(call.on(signal("ben", &ben, "x"), second(10)), Err(Refusal::Elsewhere));
    assert_eq!(call.on(Event::Lost(ben.session), second(11)), Ok(Vec::new()));
    let told = call.on(signal("ann", &ann, "on"), second(12)).unwrap();
    assert_eq!(told, [relayed(&back, "ann", "on")]);
}

#[test]
fn signals_for_an_absent_party_are_bounded() {
    let (mut call, ann, ben) = active();
    call.on(Event::Lost(ben.session), second(10)).unwrap();
    let refused = (0..1_000).find_map(|_| call.on(signal("ann", &ann, "x"), second(11)).err());
    assert_eq!(refused, Some(Refusal::TooMany));
    let told = call.on(arrived("ben", &again(&ben)), second(12)).unwrap();
    assert_eq!(told.len(), 1 + 64);
}

#[test]
fn a_timer_that_fires_early_is_set_again() {
    let mut call = ringing(None);
    let told = call.on(Event::Fired(Timer::Ring), second(59)).unwrap();
    assert_eq!(told, [Effect::SetTimer(Timer::Ring, second(60))]);
}
