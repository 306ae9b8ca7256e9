-- Records that are known under former numbers too.
update known as k
set
    is_duplicate = k.is_duplicate or b.is_duplicate,
    first_received_at = least(k.first_received_at, b.first_received_at)
from known_before as b
where k.row_no = b.row_no
