//! What is left to do until the page is taken over, a few milliseconds in each task.

use std::{cell::RefCell, collections::VecDeque, time::Duration};

use leptos::prelude::*;

/// As long as a task may begin new work, in milliseconds: with what it has begun last, and four times slower, it should
/// stay below the 50 that people notice.
const PORTION: f64 = 5.0;

type Work = Box<dyn FnOnce()>;

#[derive(Default)]
struct Queue {
    parts: VecDeque<Work>,
    /// What waits for all parts.
    after: Vec<Work>,
    /// Whether a task will come.
    planned: bool,
    /// Whether all was taken over once.
    done: bool,
    /// Whether another page is on its way in the place of this one.
    left: bool,
}

thread_local! {
    static WAITING: RefCell<Queue> = RefCell::default();
}

/// Does a part of it in one of the next tasks, in the order in which they were put off.
pub fn enqueue(part: Work) {
    WAITING.with_borrow_mut(|waiting| waiting.parts.push_back(part));
    plan();
}

/// Does something once the whole page is taken over, in a task of its own.
pub fn after_hydration(work: impl FnOnce() + 'static) {
    WAITING.with_borrow_mut(|waiting| waiting.after.push(Box::new(work)));
    plan();
}

fn plan() {
    if !WAITING.with_borrow_mut(|waiting| std::mem::replace(&mut waiting.planned, true)) {
        set_timeout(work_on, Duration::ZERO);
    }
}

/// Whether the script has taken over the whole page.
#[cfg(feature = "hydrate")]
pub fn is_done() -> bool {
    WAITING.with_borrow(|waiting| waiting.done)
}

/// Gives up what is left: another page is on its way, and until it is there, this one stays as it is.
#[cfg(feature = "hydrate")]
pub fn leave() {
    WAITING.with_borrow_mut(|waiting| waiting.left = true);
}

/// Whether the page has been given up.
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
    // Once more for what follows when there is no part left: not before the effects of the last ones.
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
