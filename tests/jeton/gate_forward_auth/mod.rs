//! Forward auth: the shipped configurations of reverse proxies before a fake database, and the requests of reverse
//! proxies.

mod deployed;
mod promises;
mod reverse_proxy;
mod scene;
mod subrequests;
mod traefik;
