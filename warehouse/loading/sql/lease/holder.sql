-- Who holds a feed.
select holder from landing.lease
where feed = :feed
