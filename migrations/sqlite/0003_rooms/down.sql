DROP TABLE friend_request;
