"""Who may do what with what, written from the design and not from the code: the tests beside it play every cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

#: who asks, and from where, in the order of the table's columns
ACTORS = {
    "owner": "ana, whose thing it is, in the server where she made it",
    "owner, 18+": "ana in an age-restricted channel of that server",
    "owner, away": "ana in another server",
    "owner, blocked": "ana in a server whose manager has blocked her",
    "shown": "pam, the person whom ana's word <ana-pam> shows; for all else an ordinary member",
    "named": "nia, with whom ana shares words by name",
    "role": "rob, who has a role with which ana shares a word",
    "member": "mo, an ordinary member of the same server",
    "blocked": "bob, blocked in that server, with whom ana shares words by name",
    "manager": "mia, who may manage that server",
    "away": "eve, a member of another server only",
    "manager, away": "max, who may manage that other server",
    "left": "leo, who has left the server, in a direct message",
    "operator": "opal, who runs this Tintype, from another server",
}

#: what a cell says, and how the sentence begins that the actor is told
MARKS = {
    "+": "may",
    "-": "is told the same as if there were no such thing, or is not offered it",
    "b": "The moderators of this server have blocked you",
    "y": "That belongs to another member",
    "a": "A word for a person is never used in an age-restricted channel",
    "c": "took their agreement back",
    "d": "These pictures were deleted",
    "f": "That button is for another member's data",
    "h": "These pictures were reported",
    "i": "The likeness of another member cannot be taken over from a file yet, so it was deleted",
    "l": "This list of styles is too old",
    "m": "Only members who may manage this server",
    "o": "your own",
    "p": "Photos are never posted in a channel",
    "q": "This question was asked of another member",
    "r": "This report is settled already",
    "s": "shared with single members only",
}

#: what stands for `-` in a sentence
NOTHING = (
    "There is no such thing of yours",
    "There is no word <",
    "This style cannot be used here any more",
    "You have no preset",
    "These pictures do not wait for a choice any more",
    "This question does not exist any more",
    "is not in this server's filter",
)

TABLE = """
== a word that nobody else may use
use*    | /imagine prompt:<{word}> count:1     | +++b ----b-  ----
use     | completes /imagine prompt:<{word}    | +++- ------  ----
use     | completes /imagine word:{word}       | +++- ------  ----
use     | completes /imagine word2:{word}      | +++- ------  ----
use     | button try:{concept}                 | +++b ----b-  ----
use*    | form try:{concept} prompt:<{word}>   | +++b ----b-  ----
see     | /words card word:{word}              | ++++ ------  ----
see     | completes /words card word:{word}    | ++++ ------  ----
see     | button style:{concept}               | ---b ----b-  ----
like*   | button like:{concept}                | ---b ----b-  ----
report  | button report_style:{concept}        | ---b ----b-  ----
report* | form report_style:{concept} reason:x | ---b ----b-  ----
see~    | finds {concept} /styles search text:{word} | ---b ----b-  ----
share*  | /words share word:{word} with:server | +++b ----b-  ----
share   | completes /words share word:{word}   | ++++ ------  ----
share   | completes /words unshare word:{word} | ++++ ------  ----
rename* | /words rename word:{word} name:newname | +++b ----b-  ----
rename  | completes /words rename word:{word}  | ++++ ------  ----
delete  | /words delete word:{word}            | ++++ ------  ----
delete  | completes /words delete word:{word}  | ++++ ------  ----
delete  | button ask_delete:{concept}          | ++++ ------  ----
delete* | button delete_word:{concept}         | ++++ ------  ----
delete  | /forget word:{word}                  | ++++ ------  ----
delete  | completes /forget word:{word}        | ++++ ------  ----
delete* | button forget_word:{concept}         | ++++ ------  ----
export  | /words export word:{word}            | ++++ ------  ----
export  | completes /words export word:{word}  | ++++ ------  ----
retry*  | button relearn:{concept}             | +++b ----b-  ----
consent | button take_back:{concept}           | ---- ------  ----
train   | completes /train word:{word}         | ++++ ------  ----
change* | button use_version:{version}         | +++b ----b-  ----
imagine* | button compare:{version}            | +++b ----b-  ----
delete  | button ask_drop:{version}            | ++++ ------  ----
delete* | button drop_version:{version}        | ++++ ------  ----

== a word shared with members by name
use*    | /imagine prompt:<{word}> count:1     | +++b -+--b-  ----
use     | completes /imagine prompt:<{word}    | +++- -+----  ----
use     | completes /imagine word:{word}       | +++- -+----  ----
use     | button try:{concept}                 | +++b -+--b-  ----
use*    | form try:{concept} prompt:<{word}>   | +++b -+--b-  ----
see     | /words card word:{word}              | ++++ -+--b-  ----
see     | completes /words card word:{word}    | ++++ -+----  ----
see     | button style:{concept}               | +++b -+--b-  ----
like*   | button like:{concept}                | ooob -+--b-  ----
report  | button report_style:{concept}        | ooob -+--b-  ----
report* | form report_style:{concept} reason:x | ooob -+--b-  ----
see~    | finds {concept} /styles search text:{word} | +++b -+--b-  ----
share*  | /words unshare word:{word}           | +++b ----b-  ----
share*  | button unshare:{concept}             | +++b ----b-  ----
export  | /words export word:{word}            | ++++ ------  ----
delete* | button delete_word:{concept}         | ++++ ------  ----

== a word shared with a role
use*    | /imagine prompt:<{word}> count:1     | +++b --+-b-  ----
use     | completes /imagine prompt:<{word}    | +++- --+---  ----
use     | completes /imagine word:{word}       | +++- --+---  ----
use     | button try:{concept}                 | +++b --+-b-  ----
see     | /words card word:{word}              | ++++ --+---  ----
see     | completes /words card word:{word}    | ++++ --+---  ----
see     | button style:{concept}               | +++b --+-b-  ----
like*   | button like:{concept}                | ooob --+-b-  ----
report  | button report_style:{concept}        | ooob --+-b-  ----
see~    | finds {concept} /styles search text:{word} | +++b --+-b-  ----

== a word shared with this server
use*    | /imagine prompt:<{word}> count:1     | +++b ++++b+  ----
use     | completes /imagine prompt:<{word}    | +++- ++++-+  ----
use     | completes /imagine word:{word}       | +++- ++++-+  ----
use     | button try:{concept}                 | +++b ++++b+  ----
use*    | form try:{concept} prompt:<{word}>   | +++b ++++b+  ----
see     | /words card word:{word}              | ++++ ++++b+  ----
see     | completes /words card word:{word}    | ++++ ++++-+  ----
see     | button style:{concept}               | +++b ++++b+  ----
like~   | button like:{concept}                | ooob ++++b+  ----
like~   | button unlike:{concept}              | +++b ++++b+  ----
report  | button report_style:{concept}        | ooob ++++b+  ----
report* | form report_style:{concept} reason:x | ooob ++++b+  ----
see~    | finds {concept} /styles search text:{word} | +++b ++++b+  ----
see     | completes /styles search text:{word} | ++++ ++++++  ----
share*  | /words unshare word:{word}           | +++b ----b-  ----
share*  | /words share word:{word} with:server licence:cc0 | +++b ----b-  ----
share*  | button unshare:{concept}             | +++b ----b-  ----
rename* | /words rename word:{word} name:newname | +++b ----b-  ----
export  | /words export word:{word}            | ++++ ------  ----
delete* | button delete_word:{concept}         | ++++ ------  ----
delete* | button forget_word:{concept}         | ++++ ------  ----
retry*  | button relearn:{concept}             | +++b ----b-  ----

== a word shared with every server
use*    | /imagine prompt:<{word}> count:1     | +++b ++++b+  ++++
use     | completes /imagine prompt:<{word}    | +++- ++++-+  ++++
use     | completes /imagine word:{word}       | +++- ++++-+  ++++
use     | button try:{concept}                 | +++b ++++b+  ++++
see     | /words card word:{word}              | ++++ ++++b+  ++++
see     | button style:{concept}               | +++b ++++b+  ++++
like*   | button like:{concept}                | ooob ++++b+  ++++
report  | button report_style:{concept}        | ooob ++++b+  ++++
see~    | finds {concept} /styles search text:{word} | +++b ++++b+  ++++
share*  | button unshare:{concept}             | +++b ----b-  ----
export  | /words export word:{word}            | ++++ ------  ----

== a word shared with this server, in quarantine
use*    | /imagine prompt:<{word}> count:1     | +++b ----b-  ----
use     | completes /imagine prompt:<{word}    | +++- ------  ----
use     | completes /imagine word:{word}       | +++- ------  ----
use     | button try:{concept}                 | +++b ----b-  ----
see     | /words card word:{word}              | ++++ ------  ----
see     | completes /words card word:{word}    | ++++ ------  ----
see     | button style:{concept}               | ---b ----b-  ----
like*   | button like:{concept}                | ---b ----b-  ----
report  | button report_style:{concept}        | ---b ----b-  ----
see~    | finds {concept} /styles search text:{word} | ---b ----b-  ----
export  | /words export word:{word}            | ++++ ------  ----
delete* | button delete_word:{concept}         | ++++ ------  ----

== a word that shows its owner, shared with members by name
use*    | /imagine prompt:<{word}> count:1     | +a+b -+--b-  ----
use     | completes /imagine prompt:<{word}    | +-+- -+----  ----
use     | completes /imagine word:{word}       | +-+- -+----  ----
use     | button try:{concept}                 | +a+b -+--b-  ----
use*    | form try:{concept} prompt:<{word}>   | +a+b -+--b-  ----
see     | /words card word:{word}              | ++++ -+--b-  ----
see     | completes /words card word:{word}    | ++++ -+----  ----
see     | button style:{concept}               | +-+b -+--b-  ----
like*   | button like:{concept}                | o-ob -+--b-  ----
report  | button report_style:{concept}        | o-ob -+--b-  ----
see~    | finds {concept} /styles search text:{word} | +-+b -+--b-  ----
share*  | /words share word:{word} with:server | sssb ----b-  ----
share*  | /words unshare word:{word}           | +++b ----b-  ----
share*  | button unshare:{concept}             | +++b ----b-  ----
export  | /words export word:{word}            | ++++ ------  ----
delete* | button delete_word:{concept}         | ++++ ------  ----
consent | finds {concept} /privacy                | ++++ ------  ----
consent* | button take_back:{concept}          | ++++ ------  ----

== a word that shows another member
use*    | /imagine prompt:<{word}> count:1     | +a+b ----b-  ----
use     | completes /imagine prompt:<{word}    | +-+- ------  ----
use     | completes /imagine word:{word}       | +-+- ------  ----
use     | button try:{concept}                 | +a+b ----b-  ----
see     | /words card word:{word}              | ++++ ------  ----
see     | button style:{concept}               | ---b ----b-  ----
export  | /words export word:{word}            | ++++ ------  ----
delete  | button ask_delete:{concept}          | ++++ +-----  ----
delete* | button delete_word:{concept}         | ++++ +-----  ----
delete* | button forget_word:{concept}         | ++++ +-----  ----
consent | finds {concept} /privacy                | ---- +-----  ----
consent* | button take_back:{concept}          | ---- +-----  ----

== a word whose person took their agreement back, shared with members by name
use*    | /imagine prompt:<{word}> count:1     | cacb -c--b-  ----
use     | completes /imagine prompt:<{word}    | ---- ------  ----
use     | completes /imagine word:{word}       | ---- ------  ----
use     | button try:{concept}                 | cacb -c--b-  ----
see     | /words card word:{word}              | ++++ ----b-  ----
see     | button style:{concept}               | ---b ----b-  ----
like*   | button like:{concept}                | ---b ----b-  ----
report  | button report_style:{concept}        | ---b ----b-  ----
export  | /words export word:{word}            | cccc ------  ----
consent | button take_back:{concept}           | ---- ------  ----

== photos that wait for Train
see     | /show job:{draft}                    | ++++ ------  ----
see     | completes /show job:{draft}          | ++++ ------  ----
post    | /show job:{draft} public:true        | pppp ------  ----
see     | button page:{draft}:1                | ++++ ------  ----
change  | button add:{draft}                   | +++b ----b-  ----
change  | form add:{draft}                     | +++b ----b-  ----
change  | button word:{draft}                  | +++b ----b-  ----
change* | form word:{draft} word:newname kind:object | +++b ----b-  ----
change* | form teach:{draft} word:newname kind:object | +++b ----b-  ----
change* | button kind:{draft}:3                | +++b ----b-  ----
delete* | button remove:{photo}                | ++++ ------  ----
delete* | button discard:{draft}               | ++++ ------  ----
train*  | button train:{draft}                 | +++b ----b-  ----
change* | button keep_photos:{draft}:7         | +++b ----b-  ----
delete* | button drop_photos:{draft}           | ++++ ------  ----

== a training under way
see     | /show job:{job}                      | ++++ yyyyyy  ----
see     | completes /show job:{job}            | ++++ ------  ----
post*   | /show job:{job} public:true          | +++b yyyyby  ----
see     | button show_me:{job}                 | ++++ yyyyyy  ----
stop*   | button keep:{job}                    | +++b yyyyby  ----
cancel* | button cancel:{job}                  | +++b yyyyb+  ---+

== a training that failed
see     | /show job:{job}                      | ++++ yyyyyy  ----
retry*  | button retry:{job}                   | +++b yyyyby  ----

== a contact sheet
see     | /show job:{job}                      | ++++ yyyyyy  ----
post*   | /show job:{job} public:true          | +++b yyyyby  ----
change* | button choose:{job}:1                | +++b yyyyby  ----

== a question whether a likeness may be learned
see     | button see_photos:{question}:1       | qqqq +qqqqq  ----
answer* | button agree:{question}              | qqqq +qqqqq  ----
answer* | button decline:{question}            | qqqq +qqqqq  ----
withdraw* | button withdraw:{question}         | ++++ qqqqqq  ----
see     | /show job:{draft}                    | ++++ ------  ----

== a question whether a member's word may be mixed
answer* | button agree:{question}              | qqqq qqq+qq  ----
answer* | button decline:{question}            | qqqq qqq+qq  ----
withdraw* | button withdraw:{question}         | ++++ qqqqqq  ----

== pictures that wait for the choice of a word
imagine* | button mean:{order}:1               | +++b ----b-  ----

== weights made elsewhere that wait, of nobody knows what
change* | button import_kind:{import}:2        | +++b ----b-  ----
delete* | button import_other:{import}         | iiii ------  ----
delete* | button import_drop:{import}          | ++++ ------  ----

== weights made elsewhere that wait, of a person
consent* | button import_go:{import}:{version} | +++b ----b-  ----
delete* | button import_drop:{import}          | ++++ ------  ----

== a word that was taken over and not enabled
see     | button look:{job}                    | ++++ yyyyyy  ----
change* | button enable:{job}                  | +++b yyyyby  ----
delete* | button import_discard:{job}          | +++b yyyyby  ----
see     | /show job:{job}                      | ++++ yyyyyy  ----

== pictures that wait in the queue
see     | /show job:{job}                      | ++++ ++++++  ----
see     | completes /show job:{job}            | ++++ ------  ----
cancel* | button cancel:{job}                  | +++b yyyyb+  ---+

== pictures with a word shared with this server
see     | /show job:{job}                      | ++++ ++++++  ----
see     | /show job:{image}                    | ++++ ++++++  ----
see     | completes /show job:{job}            | ++++ ------  ----
post*   | /show job:{job} public:true          | +++b yyyyby  ----
see     | button recall:{image}                | ++++ ++++++  ----
see*    | button star:{job}:1                  | ++++ ++++++  ----
recipe  | button recipe:{job}                  | +++b ++++b+  ----
vary*   | button enlarge:{job}:1               | +++b ++++b+  ----
vary*   | button vary:{job}:1                  | +++b ++++b+  ----
vary*   | button vary_strong:{job}:1           | +++b ++++b+  ----
vary*   | button again:{job}                   | +++b ++++b+  ----
vary    | button edit:{job}                    | +++b ++++b+  ----
vary*   | form edit:{job} prompt:a cup         | +++b ++++b+  ----
report  | button report:{job}                  | oo-b ++++b+  ----
report* | form report:{job} reason:bad         | oo-b ++++b+  ----
delete* | button delete:{job}                  | ++++ yyyyy+  ---+

== pictures with a word that nobody else may use
see     | /show job:{job}                      | ++++ ++++++  ----
post*   | /show job:{job} public:true          | +++b yyyyby  ----
see     | button recall:{image}                | ++++ ++++++  ----
see*    | button star:{job}:1                  | ++++ ++++++  ----
recipe  | button recipe:{job}                  | +++b ++++b+  ----
vary*   | button enlarge:{job}:1               | +++b ----b-  ----
vary*   | button vary:{job}:1                  | +++b ----b-  ----
vary*   | button vary_strong:{job}:1           | +++b ----b-  ----
vary*   | button again:{job}                   | +++b ----b-  ----
vary    | button edit:{job}                    | +++b ----b-  ----
vary*   | form edit:{job} prompt:a cup         | +++b ----b-  ----
report* | form report:{job} reason:bad         | oo-b ++++b+  ----
delete* | button delete:{job}                  | ++++ yyyyy+  ---+

== pictures of a person
see     | /show job:{job}                      | +a++ yyyyyy  ----
see     | /show job:{image}                    | +a++ yyyyyy  ----
post*   | /show job:{job} public:true          | +a+b yyyyby  ----
see     | button recall:{image}                | +a++ yyyyyy  ----
see*    | button star:{job}:1                  | +a++ yyyyyy  ----
recipe  | button recipe:{job}                  | +a+b yyyyby  ----
vary*   | button enlarge:{job}:1               | +a+b yyyyby  ----
vary*   | button vary:{job}:1                  | +a+b yyyyby  ----
vary*   | button vary_strong:{job}:1           | +a+b yyyyby  ----
vary*   | button again:{job}                   | +a+b yyyyby  ----
vary    | button edit:{job}                    | +a+b yyyyby  ----
vary*   | form edit:{job} prompt:a cup         | +a+b yyyyby  ----
report  | button report:{job}                  | oo-b ++++b+  ----
report* | form report:{job} reason:bad         | oo-b ++++b+  ----
delete* | button delete:{job}                  | ++++ yyyyy+  ---+

== pictures that were reported and are hidden
see     | /show job:{job}                      | hhhh hhhhhh  ----
post    | /show job:{job} public:true          | hhhb yyyyby  ----
see     | button recall:{image}                | hhhh hhhhhh  ----
see     | button star:{job}:1                  | hhhh hhhhhh  ----
recipe  | button recipe:{job}                  | hhhb hhhhbh  ----
vary    | button again:{job}                   | hhhb hhhhbh  ----
vary    | button vary:{job}:1                  | hhhb hhhhbh  ----
vary    | button edit:{job}                    | hhhb hhhhbh  ----
delete* | button delete:{job}                  | ++++ yyyyy+  ---+

== what is each member's own
train*  | /train word:newname kind:animal photo1:a.png | +++b ++++b+  ++++
imagine* | /imagine prompt:a cup count:1       | +++b ++++b+  ++++
change* | /words import word:newname kind:animal file:a.safetensors | +++b ++++b+  ++++
see     | /words mine                          | ++++ ++++++  ++++
see     | /queue                               | ++++ ++++++  ++++
see     | /help                                | ++++ ++++++  ++++
consent | /privacy                             | ++++ ++++++  ++++
see     | /favourites                          | ++++ ++++++  ++++
see     | /show                                | ++++ ++++++  ++++
see     | /settings show                       | ++++ ++++++  ++++
change* | /settings save name:mine count:2     | ++++ ++++++  ++++
delete~ | /settings drop name:{preset}         | ++++ ------  ----
export  | /mydata                              | ++++ ++++++  ++++
delete  | /forget                              | ++++ ++++++  ++++
use*    | /styles browse                       | +++b ++++b+  ++++
use*    | /styles new                          | +++b ++++b+  ++++
use*    | /styles top                          | +++b ++++b+  ++++
use*    | /styles random                       | +++b ++++b+  ++++
use     | button styles:{listing}:1            | +++b llllbl  llll
see     | button stars:{member}:1              | ++++ ffffff  ffff
delete* | button unstar:{favourite}:1          | ++++ ------  ----
change* | button set_shape:{member}:2          | ++++ ffffff  ffff
change* | button set_count:{member}:2          | ++++ ffffff  ffff
change* | button set_quality:{member}:1        | ++++ ffffff  ffff
change* | button set_spoiler:{member}:1        | ++++ ffffff  ffff
change* | button set_ping:{member}:1           | ++++ ffffff  ffff
change* | button set_prompt:{member}:1         | ++++ ffffff  ffff
change  | button set_negative:{member}         | ++++ ffffff  ffff
change* | form set_negative:{member} negative:rain | ++++ ffffff  ffff
see     | completes /settings drop name:{preset} | ++++ ------  ----
use     | completes /imagine preset:{preset}   | ++++ ------  ----
export  | button mydata:{member}:1             | ++++ ffffff  ffff
delete* | button forget_all:{member}           | ++++ ffffff  ffff

== the order of the server
moderate | /studio reports                     | mmmm mmmmm+  m+m+
moderate | /studio audit                       | mmmm mmmmm+  m+m+
moderate | /studio limits                      | mmmm mmmmm+  m+m+
moderate* | /studio limits pictures:5          | mmmm mmmmm+  m+m+
moderate* | /studio filter add text:blood      | mmmm mmmmm+  m+m+
moderate* | /studio filter remove text:gore    | mmmm mmmmm+  m-m-
moderate | /studio setup                       | mmmm mmmmm+  m+m+
moderate | /studio setup channel:{room}        | mm-- mmmmm+  ----
moderate | button setup_look:{guild}           | mmmm mmmmm+  m-m-
moderate* | menu setup_trainers:{guild}:1 {role} | mmmm mmmmm+  m-m-
moderate* | menu setup_drawers:{guild}:1 {role} | mmmm mmmmm+  m-m-
moderate* | menu setup_first:{guild}:1 {role}  | mmmm mmmmm+  m-m-
moderate* | menu setup_channels:{guild}:1 {room} | mmmm mmmmm+  m-m-
moderate* | menu setup_keep:{guild}:1 30       | mmmm mmmmm+  m-m-
moderate* | menu setup_left:{guild}:1 90       | mmmm mmmmm+  m-m-
moderate* | menu setup_threshold:{guild}:1 5   | mmmm mmmmm+  m-m-
moderate* | button setup_people:{guild}:1      | mmmm mmmmm+  m-m-
moderate | button place_look:{channel}         | mmmm mmmmm+  m-m-
moderate* | button place_pictures:{channel}:1  | mmmm mmmmm+  m-m-
moderate* | button place_training:{channel}:1  | mmmm mmmmm+  m-m-
moderate* | button place_enlarge:{channel}:1   | mmmm mmmmm+  m-m-
moderate* | button place_spoiler:{channel}:1   | mmmm mmmmm+  m-m-
moderate* | menu place_count:{channel}:1 1     | mmmm mmmmm+  m-m-
moderate* | menu place_quality:{channel}:1 fast | mmmm mmmmm+  m-m-
moderate* | menu place_shape:{channel}:1 square | mmmm mmmmm+  m-m-
moderate | /studio filter list                 | mmmm mmmmm+  m+m+
moderate | /studio filter test text:blood      | mmmm mmmmm+  m+m+
moderate | button reports:{member}:1           | mmmm mmmmm+  m+m+
moderate | button audit:{member}:1             | mmmm mmmmm+  m+m+
moderate* | button keep_reported:{report}      | mmmm mmmmm+  mrmr
moderate* | button remove_reported:{report}    | mmmm mmmmm+  mrmr
moderate* | button strike:{report}             | mmmm mmmmm+  mrmr
moderate* | button block:{report}              | mmmm mmmmm+  mrmr
moderate~ | button unblock:{blocked}          | mmmm mmmmm+  m+m+
moderate* | button keep_reported:{style_report} | mmmm mmmmm+  mrmr
moderate* | button remove_reported:{style_report} | mmmm mmmmm+  mrmr
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One deed with one thing, and for each actor whether they may."""

    thing: str
    action: str
    deed: str
    changes: str  #: "*" when whoever may do it changes what is kept, "~" when they need not, else nothing changes
    cells: dict[str, str]  #: a mark for each actor

    def __str__(self) -> str:
        return f"{self.thing}: {self.deed}"


def rows() -> list[Row]:
    """The whole table."""
    return list(_rows())


def _rows() -> Iterator[Row]:
    thing = ""
    for line in TABLE.strip().splitlines():
        if line.startswith("== "):
            thing = line[3:]
        elif line:
            action, deed, marks = (part.strip() for part in line.split("|"))
            cells = dict(zip(ACTORS, marks.replace(" ", ""), strict=True))
            name = action.rstrip("*~")
            yield Row(thing, name, deed, action.removeprefix(name), cells)


def page() -> str:
    """The table as docs/permissions.md shows it."""
    parts = [_list({f"**{who}**": about for who, about in ACTORS.items()})]
    parts.append(_list({f"`{mark}`": told if mark in "+-" else f"is told: *…{told}…*" for mark, told in MARKS.items()}))
    found = rows()
    for thing in dict.fromkeys(row.thing for row in found):
        parts += [f"## {thing[0].upper()}{thing[1:]}", _grid([row for row in found if row.thing == thing])]
    return "\n\n".join(parts)


def _list(told: dict[str, str]) -> str:
    return "\n".join(f"- {name}: {about}" for name, about in told.items())


def _grid(found: list[Row]) -> str:
    head = ["", *ACTORS]
    lines = [head, ["---", *(":-:" for _ in ACTORS)]]
    lines += [[f"{row.action}: `{row.deed}`", *row.cells.values()] for row in found]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
