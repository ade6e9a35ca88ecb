-- One database a broker (an index that can be thrown away) and one for the state's node.
CREATE DATABASE broker1;
CREATE DATABASE broker2;
CREATE DATABASE node;
