//! How a call is answered and how it ends.

use super::*;

#[test]
fn an_invitation_rings_on_every_device_of_the_callee_for_a_minute() {
    let (call, told) = Signals::ring(invite(None), Timing::default(), second(0)).unwrap();
    let wanted: Told =
        vec![Effect::Ring { to: uid("ben"), expires: second(60) }, Effect::SetTimer(Timer::Ring, second(60))];
    assert_eq!(told, wanted);
    assert_eq!(call.phase(), Phase::Ringing);
    assert_eq!((call.uid(Party::Caller), call.uid(Party::Callee)), (&uid("ann"), &uid("ben")));
}

#[test]
fn nobody_calls_themselves() {
    let mut own = invite(None);
    own.callee = uid("ann");
    let refused = Signals::ring(own, Timing::default(), second(0)).err();
    assert_eq!(refused, Some(Refusal::OnePerson));
}

#[test]
fn the_first_accept_tells_the_caller_and_silences_the_callees_other_devices() {
    let ben = on("ben's");
    let mut call = ringing(Some(&on("ann's")));
    let told = call.on(accept(&ben), second(5)).unwrap();
    let audience = vec![everywhere("ann"), elsewhere("ben", Some(&ben))];
    let wanted = vec![Effect::ClearTimer(Timer::Ring), Effect::Accepted { by: uid("ben"), audience }];
    assert_eq!(told, wanted);
    assert_eq!(call.phase(), Phase::Active);
}

#[test]
fn of_two_devices_that_accept_one_wins_and_may_say_so_twice() {
    let (mut call, _, ben) = active();
    assert_eq!(call.on(accept(&on("tablet")), second(5)), Err(Refusal::Elsewhere));
    let nowhere = Event::Accept { by: uid("ben"), at: None };
    assert_eq!(call.on(nowhere, second(5)), Err(Refusal::Elsewhere));
    assert_eq!(call.on(accept(&ben), second(6)), Ok(Vec::new()));
}

#[test]
fn only_the_callee_accepts() {
    let ann = on("ann's");
    let mut call = ringing(Some(&ann));
    let own = Event::Accept { by: uid("ann"), at: Some(ann) };
    assert_eq!(call.on(own, second(1)), Err(Refusal::NotTheCallee));
    let strange = Event::Accept { by: uid("eve"), at: Some(on("eve's")) };
    assert_eq!(call.on(strange, second(1)), Err(Refusal::Stranger));
    assert_eq!(call.phase(), Phase::Ringing);
}

#[test]
fn an_accept_after_the_minute_comes_too_late_even_before_the_timer() {
    let mut call = ringing(None);
    assert_eq!(call.on(accept(&on("ben's")), second(60)), Err(Refusal::Expired));
    let told = call.on(Event::Fired(Timer::Ring), second(60)).unwrap();
    let audience = vec![everywhere("ann"), everywhere("ben")];
    assert_ended(&told, ending(EndReason::Timeout, 0, None, audience));
    assert_eq!(call.on(accept(&on("ben's")), second(61)), Err(Refusal::Closed));
}

#[test]
fn the_caller_cancels() {
    let mut call = ringing(None);
    let told = call.on(hang_up("ann", None), second(3)).unwrap();
    assert_ended(&told, ending(EndReason::Cancel, 0, Some("ann"), vec![everywhere("ben")]));
    assert_eq!(told[..1], clear(&[Timer::Ring]));
}

#[test]
fn the_callee_refuses_and_the_other_devices_fall_silent() {
    let ben = on("ben's");
    let mut call = ringing(None);
    let told = call.on(hang_up("ben", Some(&ben)), second(3)).unwrap();
    let audience = vec![everywhere("ann"), elsewhere("ben", Some(&ben))];
    assert_ended(&told, ending(EndReason::Reject, 0, Some("ben"), audience));
}

#[test]
fn a_busy_callee_ends_what_rings_but_nothing_else() {
    let told = ringing(None).on(Event::Busy, second(1)).unwrap();
    let audience = vec![everywhere("ann"), everywhere("ben")];
    assert_ended(&told, ending(EndReason::Busy, 0, Some("ben"), audience));
    let (mut call, _, _) = active();
    assert_eq!(call.on(Event::Busy, second(6)), Err(Refusal::NotRinging));
    assert_eq!(CallEnding::never_rang(uid("ben")), ending(EndReason::Busy, 0, Some("ben"), vec![]));
}

#[test]
fn either_hangs_up_and_the_seconds_count_from_the_accept() {
    for (who, other) in [("ann", "ben"), ("ben", "ann")] {
        let (mut call, _, _) = active();
        let told = call.on(hang_up(who, None), Time::from_millis(second(70).millis() + 999));
        let wanted = ending(EndReason::HangUp, 65, Some(who), vec![everywhere(other)]);
        assert_eq!(told.unwrap(), [Effect::Ended(wanted)]);
        assert_eq!(call.phase(), Phase::Ended);
    }
}

#[test]
fn a_stranger_ends_nothing() {
    let (mut call, _, _) = active();
    assert_eq!(call.on(hang_up("eve", None), second(6)), Err(Refusal::Stranger));
    assert_eq!(call.phase(), Phase::Active);
}

#[test]
fn a_device_that_refuses_after_another_has_accepted_does_not_end_the_call() {
    let (mut call, _, ben) = active();
    let late = hang_up("ben", Some(&on("tablet")));
    assert_eq!(call.on(late, second(5)), Err(Refusal::Elsewhere));
    call.on(Event::Lost(ben.session), second(6)).unwrap();
    let told = call.on(hang_up("ben", Some(&on("tablet"))), second(7)).unwrap();
    assert_ended(&told, ending(EndReason::HangUp, 2, Some("ben"), vec![everywhere("ann")]));
}

#[test]
fn a_clock_that_was_set_back_makes_a_short_call() {
    let (mut call, _, _) = active();
    let told = call.on(hang_up("ann", None), second(-100)).unwrap();
    assert_ended(&told, ending(EndReason::HangUp, 0, Some("ann"), vec![everywhere("ben")]));
}

#[test]
fn nothing_is_taken_once_it_is_over() {
    let (mut call, ann, ben) = active();
    call.on(hang_up("ann", None), second(6)).unwrap();
    let late = [accept(&ben), hang_up("ben", None), Event::Busy, signal("ann", &ann, "x")];
    for event in late {
        assert_eq!(call.on(event, second(7)), Err(Refusal::Closed));
    }
    assert_eq!(call.on(arrived("ben", &again(&ben)), second(7)), Ok(Vec::new()));
    assert_eq!(call.on(Event::Lost(ben.session), second(7)), Ok(Vec::new()));
}
