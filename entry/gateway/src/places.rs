//! How much is worked on at once. Beyond that a request is told to come back before it costs anything: what is let in
//! is answered in good time, and nothing falls over.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::class::Class;

/// Organisations are counted in so many counters. Two that share one have the share of one between them.
const COUNTERS: usize = 4_096;
/// Everything but webhooks makes way, to one in so many, while many of them are worked on.
const MAKES_WAY: u32 = 8;

/// Requests that are being worked on.
pub(crate) struct Places {
    taken: [AtomicU32; Class::ALL.len()],
    /// Of the API's places; those of others are derived from it.
    most: u32,
    organisations: Box<[AtomicU32]>,
    hasher: RandomState,
}

/// A place that is free again when this is dropped.
pub(crate) struct Place {
    places: Arc<Places>,
    counter: Counter,
}

enum Counter {
    Class(Class),
    Organisation(usize),
}

impl Places {
    pub(crate) fn new(most: u32) -> Self {
        Self {
            taken: Default::default(),
            most: most.max(1),
            organisations: (0..COUNTERS).map(|_| AtomicU32::new(0)).collect(),
            hasher: RandomState::new(),
        }
    }

    /// A place for a request of a class, if there is one.
    pub(crate) fn enter(self: &Arc<Self>, class: Class) -> Option<Place> {
        self.take(Counter::Class(class), self.most_of(class))
    }

    /// A place for a request of an organisation: half of all are for the others.
    pub(crate) fn enter_for(self: &Arc<Self>, organisation: u128) -> Option<Place> {
        let counter = self.hasher.hash_one(organisation) as usize % COUNTERS;
        self.take(Counter::Organisation(counter), self.most.div_ceil(2))
    }

    /// How many requests of a class may be worked on now.
    fn most_of(&self, class: Class) -> u32 {
        let eighth = self.most.div_ceil(8);
        let most = match class {
            Class::Webhooks => return self.most * 8,
            Class::Probes => return 64,
            Class::LogIn | Class::Uploads => eighth,
            Class::Api => self.most,
            Class::Pages => self.most * 2,
        };
        let rush = self.taken[Class::Webhooks as usize].load(Ordering::Relaxed) >= self.most.div_ceil(2);
        if rush { most.div_ceil(MAKES_WAY) } else { most }
    }

    fn take(self: &Arc<Self>, counter: Counter, most: u32) -> Option<Place> {
        let place = Place { places: Arc::clone(self), counter };
        // One too many is given back at once, by the drop.
        (place.taken().fetch_add(1, Ordering::Relaxed) < most).then_some(place)
    }
}

impl Place {
    fn taken(&self) -> &AtomicU32 {
        match self.counter {
            Counter::Class(class) => &self.places.taken[class as usize],
            Counter::Organisation(counter) => &self.places.organisations[counter],
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.taken().fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enter(places: &Arc<Places>, class: Class, times: u32) -> Vec<Place> {
        (0..times).filter_map(|_| places.enter(class)).collect()
    }

    #[test]
    fn a_class_has_its_places_and_gets_them_back() {
        let places = Arc::new(Places::new(16));
        let api = enter(&places, Class::Api, 100);
        assert_eq!(api.len(), 16);
        assert_eq!(enter(&places, Class::Webhooks, 1_000).len(), 128, "they have their own");
        assert_eq!(enter(&places, Class::Uploads, 100).len(), 2);
        assert_eq!(enter(&places, Class::Pages, 100).len(), 32);
        assert!(places.enter(Class::Api).is_none());
        drop(api);
        assert_eq!(enter(&places, Class::Api, 100).len(), 16);
        assert!(places.taken.iter().all(|taken| taken.load(Ordering::Relaxed) == 0));
    }

    #[test]
    fn everything_makes_way_for_a_rush_of_webhooks() {
        let places = Arc::new(Places::new(16));
        let some = enter(&places, Class::Webhooks, 7);
        assert_eq!(enter(&places, Class::Api, 100).len(), 16);
        let rush = places.enter(Class::Webhooks);
        assert_eq!(enter(&places, Class::Api, 100).len(), 2);
        assert_eq!(enter(&places, Class::LogIn, 100).len(), 1, "never none at all");
        assert_eq!(enter(&places, Class::Probes, 100).len(), 64, "but whoever watches is answered");
        drop((some, rush));
        assert_eq!(enter(&places, Class::Api, 100).len(), 16);
    }

    #[test]
    fn an_organisation_leaves_half_to_the_others() {
        let places = Arc::new(Places::new(16));
        let of = |organisation: u128| -> Vec<Place> {
            (0..100).filter_map(|_| places.enter_for(organisation)).collect()
        };
        let first = of(1);
        assert_eq!(first.len(), 8);
        // Among forty others at most a few share its counter.
        assert!((2..42).filter(|other| of(*other).len() == 8).count() > 35);
        drop(first);
        assert_eq!(of(1).len(), 8);
    }
}
