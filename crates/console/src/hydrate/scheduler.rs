//! The queue of deferred hydration: runs a few milliseconds of work in each task.

use std::{cell::RefCell, collections::VecDeque, time::Duration};

use leptos::prelude::*;

/// Time in milliseconds after which a task begins no new work. With the work already begun, and on a device four times
/// slower, a task should stay below the 50 ms that users notice.
const PORTION: f64 = 5.0;

type Work = Box<dyn FnOnce()>;

#[derive(Default)]
struct Queue {
    parts: VecDeque<Work>,
    /// Work to run after all parts are hydrated.
    after: Vec<Work>,
    /// True if a task is scheduled.
    planned: bool,
    /// True if the whole page was hydrated once.
    done: bool,
    /// True if the browser is navigating away from this page.
    left: bool,
}

thread_local! {
    static WAITING: RefCell<Queue> = RefCell::default();
}

/// Adds work to the queue, which runs in order.
pub fn enqueue(part: Work) {
    WAITING.with_borrow_mut(|waiting| waiting.parts.push_back(part));
    plan();
}

/// Runs work after the whole page is hydrated, in a task of its own.
pub fn after_hydration(work: impl FnOnce() + 'static) {
    WAITING.with_borrow_mut(|waiting| waiting.after.push(Box::new(work)));
    plan();
}

fn plan() {
    if !WAITING.with_borrow_mut(|waiting| std::mem::replace(&mut waiting.planned, true)) {
        set_timeout(work_on, Duration::ZERO);
    }
}

/// Returns whether the whole page is hydrated.
#[cfg(feature = "hydrate")]
pub fn is_done() -> bool {
    WAITING.with_borrow(|waiting| waiting.done)
}

/// Stops hydration: the browser is navigating to another page, and this one stays as it is.
#[cfg(feature = "hydrate")]
pub fn leave() {
    WAITING.with_borrow_mut(|waiting| waiting.left = true);
}

/// Returns whether hydration was stopped.
pub fn is_left() -> bool {
    WAITING.with_borrow(|waiting| waiting.left)
}

fn work_on() {
    WAITING.with_borrow_mut(|waiting| waiting.planned = false);
    if is_left() {
        return;
    }
    let Some(first) = next_part() else { return finish() };
    let began = now();
    first();
    while now() - began < PORTION
        && let Some(part) = next_part()
    {
        part();
    }
    // With no parts left, the follow-up work runs in another task, after the effects of the last parts.
    plan();
}

fn next_part() -> Option<Work> {
    WAITING.with_borrow_mut(|waiting| waiting.parts.pop_front())
}

fn finish() {
    let after = WAITING.with_borrow_mut(|waiting| {
        waiting.done = true;
        std::mem::take(&mut waiting.after)
    });
    for work in after {
        work();
    }
}

fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}
