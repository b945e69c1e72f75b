### Every sentence a member or an operator reads. Say what happened, why, and what to do next.
### E_… are errors, W_… are remarks about a photo; the rest is the text of cards, buttons, modals and commands.

# Small words
span-seconds = about { $count } seconds
span-minutes = { $count ->
    [one] about a minute
   *[other] about { $count } minutes
}
span-hours = { $count ->
    [one] about an hour
   *[other] about { $count } hours
}
size-kb = { $count } KB
size-mb = { $count } MB
list-more = { $told }, { $part }
list-last = { $told } and { $part }
kind-person = a person
kind-animal = an animal
kind-object = a thing
kind-style = a style
yes = Yes
no = No

## Commands
cmd-train = Teach a word from your photos
cmd-train-word = The word to teach: 3 to 32 letters, digits, - or _, such as ana-dog; or one of yours, anew
cmd-train-kind = What the photos show
cmd-train-who = Whom the photos show, if a person; another member must agree first
cmd-train-member = The other member whom the photos show
cmd-train-method = How to learn it; leave it out and Tintype chooses
cmd-train-class = What it is a kind of: dog, cat, mug; leave it out and Tintype chooses
cmd-train-photo = Photo { $n }, or a zip of photos. With none a form opens
cmd-train-keep = Keep the photos after learning, for a next version; else they are deleted then
choice-keep-7 = 7 days
choice-keep-14 = 14 days
choice-keep-30 = 30 days
cmd-imagine = Make pictures, with your words in them
cmd-imagine-prompt = What to show; write a word of yours as <name> or <name:0.8>
cmd-imagine-word = A word to put in, if the prompt does not name it
cmd-imagine-word2 = A second word to put in
cmd-imagine-count = How many pictures, 1 to 4
cmd-imagine-seed = The same seed and prompt give the same pictures
cmd-imagine-negative = What not to show
cmd-imagine-shape = The shape of the picture
cmd-imagine-quality = How much work goes into it: fast is rough, fine takes twice as long
cmd-imagine-preset = A preset of yours, made with /settings save
cmd-imagine-image = A picture to begin from; it is kept for a day
cmd-imagine-strength = How far to leave that picture: 0.1 hardly, 1.0 wholly
cmd-edit = Change what a photo of yours shows, in words; what they do not touch stays
cmd-edit-image = The photo; it is kept for a day
cmd-edit-shows = What the photo shows, in plain words: a dog on a sofa
cmd-edit-prompt = The same with what is to change: a dog with a hat on a sofa
cmd-edit-strength = How far it may leave the photo: 0.1 hardly, 1.0 wholly
cmd-edit-count = How many pictures, 1 to 4; each leaves the photo further
cmd-words = The words you have taught
cmd-words-mine = List your words
cmd-words-card = Show one word: its sample sheet, versions and figures
cmd-words-rename = Give a word another name
cmd-words-delete = Delete a word, its weights and its photos
cmd-words-export = Get a word's weights: files for other programs, or one pack for another Tintype
cmd-words-import = Take over a word made elsewhere: a pack, a LoRA, an embedding or a hypernetwork
cmd-words-file = A .tintype.zip, a .safetensors, a .pt of a hypernetwork or embedding, or peft's folder as a zip
cmd-words-new = What it is called here; at first as the file says, or as it is named
cmd-words-kind = What it shows; at first as the file says
cmd-words-class = The known word it is a kind of, e.g. dog
cmd-words-trigger = What one types for it in other programs; at first as the file says
cmd-words-as = Files for other programs (at first), or a pack with card, samples, licence and checksums
cmd-words-pack-licence = What others may do with a pack; at first: as the word is shared, or use it here only
cmd-words-credit = The name under which a pack gives you credit; at first none
cmd-words-word = One of your words
cmd-words-name = The new name: 3 to 32 letters, digits, - or _
cmd-words-share = Let others use one of your words
cmd-words-unshare = Let others use one of your words no longer
cmd-words-with = With whom; a person's word with one member at a time
cmd-words-without = With whom no longer; leave it out for everybody
cmd-words-member = The member
cmd-words-role = The role
cmd-words-licence = What others may do with pictures made with it; at first: use it here only
cmd-words-mixing = What others may mix it with, or whether they ask you first; at first: with anything
cmd-words-about = What others should know about it, shown in /styles
choice-with-member = One member
choice-with-role = A role
choice-with-server = This server
choice-with-everybody = Every server of this bot
choice-licence-here = Use here only
choice-licence-cc-by = CC BY 4.0
choice-licence-cc-by-nc = CC BY-NC 4.0
choice-licence-cc0 = CC0
choice-as-files = Files for other programs
choice-as-pack = A pack for another Tintype
choice-mixing-free = With anything
choice-mixing-no-people = Not with people
choice-mixing-ask = Ask me first, each time
cmd-styles = Styles that others share
cmd-styles-browse = All styles you may use here, by name
cmd-styles-kind = Only what shows this
cmd-styles-search = Look for a style by its name, its kind or what its owner says about it
cmd-styles-text = A part of it; all parts must be found
cmd-styles-top = The best liked styles
cmd-styles-new = The newest styles
cmd-styles-random = Styles in an order of chance
cmd-queue = What is being made now, and what waits
cmd-show = Show an earlier job, or photos not trained yet, again with working buttons
cmd-show-job = Its id, or a picture's; leave it out for your latest
cmd-show-public = Post it in this channel for everybody; else only you see it
cmd-favourites = The pictures you have given a star
cmd-settings = What /imagine takes where you leave an option out
cmd-settings-show = Show your settings and presets, and change them
cmd-settings-save = Keep options under a name, for /imagine preset:
cmd-settings-drop = Delete a preset
cmd-settings-name = The preset's name
cmd-settings-prompt = Put at the end of every prompt: in watercolour, soft light
cmd-studio = Keep order in this server's studio
cmd-studio-setup = Who may teach and draw here, where, how long things stay; and what I may do in your channels
cmd-studio-channel = The rules of this channel, and my permissions there; leave it out for the whole server
cmd-studio-block = Block this member, without any report
cmd-studio-reason = Why; managers read it in this list
cmd-studio-days = For how many days; leave it out until you let them in again
cmd-studio-unblock = Let this member in again
cmd-studio-at-once = Jobs of one kind that each member may have waiting or running at once
cmd-studio-reports = What members reported: keep it, remove it, count it, block
cmd-studio-audit = Who decided what here
cmd-studio-limits = How much members may ask for within 24 hours
cmd-studio-trainings = Trainings for each member within 24 hours; 0 for none
cmd-studio-pictures = Pictures for each member within 24 hours; 0 for none
cmd-studio-role = Only members with this role; leave it out for everybody
cmd-studio-lift = Take the limits of this role, or of everybody, away
cmd-studio-filter = What members may not write on this server
cmd-studio-filter-add = Refuse a word or pattern in prompts, words' names and what is said about styles
cmd-studio-filter-text = A word, cat* for all its endings, several words in order, or a pattern
cmd-studio-filter-kind = How to read it; leave it out for a word
cmd-studio-filter-remove = Refuse a word or pattern no longer
cmd-studio-filter-gone = The word or pattern as /studio filter list shows it
cmd-studio-filter-list = List what the filter refuses
cmd-studio-filter-test = See whether the filter would refuse a text
cmd-studio-filter-try = A text as a member might write it
cmd-privacy = What Tintype sees, keeps and never does
cmd-mydata = Get everything Tintype keeps about you
cmd-forget = Delete your data for good, with a receipt
cmd-forget-word = Only this word; leave it out for everything
cmd-help = What Tintype can do, in one minute
choice-person = A person
choice-animal = An animal
choice-object = A thing
choice-style = A style
shown-person = People
shown-animal = Animals
shown-object = Things
shown-style = Ways of drawing
choice-square = Square
choice-portrait = Portrait
choice-landscape = Landscape
choice-fast = Fast
choice-normal = Normal
choice-fine = Fine
choice-filter-word = a word
choice-filter-regex = a pattern (RE2)

## Who may use which command, for docs/commands.md
may-train = Everybody in an approved server; a person is learned only when who is shown has agreed.
may-imagine = Everybody in an approved server, with the words they may use there.
may-edit = Who may use `/imagine`; not in age-restricted channels, since nobody can tell whom a photo shows.
may-words-mine = Everybody; one sees one's own.
may-words-card = Everybody, for the words they may use there; versions and who may use it only the owner.
may-words-rename = The word's owner.
may-words-delete = The word's owner.
may-words-export = The word's owner.
may-words-import = Who may train; of a person only that person.
may-words-share = The word's owner; of a person only with single members.
may-words-unshare = The word's owner.
may-styles-browse = Everybody, for the styles they may use there.
may-styles-search = Everybody, for the styles they may use there.
may-styles-top = Everybody, for the styles they may use there.
may-styles-new = Everybody, for the styles they may use there.
may-styles-random = Everybody, for the styles they may use there.
may-queue = Everybody; of other members' jobs only that there are some.
may-show = The job's owner; pictures without a person also members of the server where they were made. Only the owner may post it for all.
may-favourites = Everybody; one sees one's own, as far as one may still see the picture.
may-settings-show = Everybody, about themselves.
may-settings-save = Everybody, about themselves.
may-settings-drop = Everybody, about themselves.
may-studio-setup = Members who may manage the server.
may-studio-reports = Members who may manage the server.
may-studio-audit = Members who may manage the server.
may-studio-limits = Members who may manage the server.
may-studio-filter-add = Members who may manage the server.
may-studio-filter-remove = Members who may manage the server.
may-studio-filter-list = Members who may manage the server.
may-studio-filter-test = Members who may manage the server.
may-privacy = Everybody.
may-mydata = Everybody, about themselves.
may-forget = Everybody, about themselves.
may-help = Everybody.

## Buttons
btn-train = Train
btn-remove = Remove { $n }
btn-add = Add photos
btn-keep-photos = Keep photos: { $days ->
    [0] no
   *[other] { $days } days
}
btn-drop-photos = Delete my photos now
btn-drop-photos-of = Delete photos of <{ $word }>
btn-next-version = Train a new version
btn-compare = Compare
btn-choose = { $is_chosen ->
    [yes] ✔ { $row } · { $strength }
   *[no] { $row } · { $strength }
}
btn-use-version = Use version { $n }
btn-drop-version = Drop { $n }
btn-drop-yes = Drop version { $n } for good
btn-discard = Cancel
btn-word = Word and kind
btn-earlier = Earlier photos
btn-later = More photos
btn-cancel = Cancel
btn-keep = Stop and keep best
btn-show-me = Show me
btn-preview = Preview
btn-try = Try it
btn-again-train = Train again
btn-enlarge = Enlarge { $n }
btn-vary = Vary { $n } (subtle)
btn-vary-strong = Vary { $n } (strong)
btn-star = ★ { $n }
btn-again = Again
btn-edit = Edit prompt
btn-delete = Delete
btn-delete-theirs = Delete them for good
btn-recipe = Recipe
btn-delete-yes = Delete <{ $word }> for good
btn-unshare = Stop sharing with all
btn-take-back = Take back <{ $word }>
btn-forget-yes = Delete everything for good
btn-recall = Show { $n }
btn-unstar = Remove { $n }
btn-set-negative = Never show …
btn-set-spoiler = Cover my pictures: { $state }
btn-set-ping = Ping me when done: { $state }
btn-set-asked = Others may ask me: { $state }
btn-set-prompt = Prompt in the files: { $state }
btn-style = Card
btn-like = Like
btn-liked = Liked
btn-report = Report
btn-keep-reported = Keep
btn-remove-reported = Remove
btn-strike = Remove and strike
btn-block = Block the owner
btn-removed = Removed styles ({ $count })
btn-readmit = Let in again
btn-reports = Reports
btn-unblock = Unblock { $n }
btn-setup-people = People may be taught: { $state }
btn-setup-pictures = Pictures: { $state }
btn-setup-training = Teaching: { $state }
btn-setup-enlarge = Enlarging: { $state }
btn-setup-spoiler = All covered: { $state }
btn-import-agree = It is me, and I agree
btn-import-other = It shows somebody else
btn-import-discard = Discard
btn-look = Look
btn-enable = Enable
btn-look-again = Look again
btn-back = ‹ Back
btn-next = Next ›
btn-page = Page { $n } of { $pages }
btn-agree-train = I agree, train
btn-download = { $count ->
    [one] Download
   *[other] Download part { $n }
}

## Modals
modal-train = Teach a word
modal-next = A new version of <{ $word }>
modal-word = Word
modal-word-help = 3 to 32 letters, digits, - or _, beginning with a letter. You will write it as <word>.
modal-kind = What do the photos show?
modal-kind-style-help = Different things, all drawn or painted in one manner
modal-class = What it is a kind of
modal-class-help = An ordinary word, such as dog or mug. Leave it empty and Tintype chooses.
modal-photos = Photos
modal-photos-help = 5 to 20 photos of one subject, from different sides. A zip is fine too.
modal-more-photos = More photos
modal-more-photos-help = If one upload is not enough.
modal-consent = Only for photos of a person
modal-consent-help = I am the person in the photos, I am 18 or older, and I agree that Tintype learns my likeness.
modal-add = Add photos
modal-rename = Word and kind
modal-try = Try <{ $word }>
modal-edit = Edit the prompt
try-prompt = <{ $word }> on the beach
modal-report = Report <{ $word }>
modal-report-pictures = Report these pictures
modal-days = For how many days
modal-days-help = 1 to 365. Leave it empty to keep them out until you let them in again.
modal-why = Why
modal-why-help = Managers of this server read this in the list of who is blocked.
modal-reason = What is wrong with it?
modal-reason-help = The moderators of this server read this. The owner is not told who wrote it.
modal-prompt = Prompt
modal-prompt-help = What to show. Write a word of yours as <name> or <name:0.8>.
modal-negative = Not in the picture
modal-negative-help = Taken whenever you leave `negative:` out. Empty means nothing.

## Questions to members
choice-who-me = Me
choice-who-member = Another member
btn-ask-sitter = Ask them
btn-see-photos = Show me the photos
btn-agree = Agree
btn-decline = No
btn-withdraw = Take the question back
btn-allow-once = Allow once
btn-allow-always = Always
btn-mean = { $n } · { $whose ->
    [mine] yours
    [named] { $owner }
   *[nobody] another member
} · { $class_word }
sitting-ask = { $where ->
    [alone] ## May this be learned?
   *[channel] ## { $person }, may this be learned?
}
    { $where ->
    [alone] **{ $asker }** has
   *[channel] { $asker } has
} { $photos ->
    [one] a photo
   *[other] { $photos } photos
} that show you, they say, and asks whether Tintype may learn your likeness from them, as the word **<{ $word }>** in { $server }. Nothing is learned unless you press *Agree*. *Show me the photos* shows them to you alone.

    Without an answer the question ends <t:{ $until }:R>. After a *No* the photos are deleted, and you are not asked by them again for 30 days.
sitting-means = *Agree* means: { $text }
sitting-over = { $state ->
    [yes] **You agreed.** Tintype learns your likeness as <{ $word }>. To take that back at any time, type `/privacy`: from then on nobody can use it.
    [no] **You said no.** Nothing was learned, and the photos are deleted. You are not asked by them again for 30 days. If you never want to be asked such things, `/settings show` has a button for that.
    [expired] **This question has ended without an answer.** Nothing was learned.
    [revoked] **You took your agreement back.** Nobody can use <{ $word }> any more, and you are not asked by them again for 30 days.
    [channel] This question is over.
   *[other] **This question was taken back, or what it was about was deleted.** Nothing was learned.
}
sitting-not-begun = The training has not begun yet: who asked you has something to settle first, and was told what.
sitting-alt = Photo { $n } of { $total } that may show you
sitting-photos = { $total ->
    [one] **One photo would be learned from.**
   *[other] **{ $total } photos would be learned from.**
} Only you see this. Answer with *Agree* or *No* below the question.
sitting-yes = { $where ->
    [alone] **{ $person } agreed.**{ $is_begun ->
        [yes] {" "}The training of <{ $word }> is in line; its card is in the channel where you asked. What is made with the word may be shown to { $person }, and shared with them alone.
       *[no] {" "}The training of <{ $word }> could not begin, though:
    }
   *[channel] **{ $asker }:** the member whom you asked has agreed.{ $is_begun ->
        [yes] {" "}The training is in line.
       *[no] {" "}The training could not begin, though:
    }
}
sitting-begin-later = { $trouble } `/train` with the word, in the server, brings the photos back; press *Train* there when that is settled. Nobody is asked again.
sitting-no = { $where ->
    [alone] **{ $person } does not want that.** Nothing was learned as <{ $word }>, and the photos are deleted. Everybody may say no to this, without a reason; please do not press them.
   *[channel] **{ $asker }:** a question of yours was answered with no. Nothing was learned, and the photos are deleted. Everybody may say no to this, without a reason.
}
sitting-expired = { $where ->
    [alone] **{ $person } has not answered within a week,** so the question is over and nothing was learned as <{ $word }>. The photos stay for one more day; `/train` with the word, in the server, brings them back.
   *[channel] **{ $asker }:** a question of yours was not answered within a week, so it is over. Nothing was learned.
}
sitting-unreachable = { $where ->
    [alone] **{ $person } could not be reached:** they take no direct messages, and Tintype may not write where you asked. Ask where it may, or let them open their direct messages; `/train` with the word <{ $word }> brings the photos back.
   *[channel] **{ $asker }:** the member whom you asked could not be reached.
}
sitting-withdrawn = { $where ->
    [alone] **{ $word ->
        [none] A question of yours
       *[other] The question about <{ $word }>
    } is over:** { $why ->
        [person-left] { $person } is not in the server any more.
        [asker-left] you are not in the server any more.
       *[gone] what it was about, or the account of who was asked, is gone.
    } Nothing was learned.
   *[channel] **{ $asker }:** a question of yours is over, because what it needed is gone. Nothing was learned.
}
sitting-revoked = { $where ->
    [alone] **{ $person ->
        [none] The member whom <{ $word }> shows
       *[other] { $person }
    } has taken their agreement back.** { $word ->
        [none] The word that showed them
       *[other] <{ $word }>
    } is refused everywhere from now on, what was being made with it is cancelled, it is shared with nobody any more, and pictures with it are not shown any more. That is their right, without a reason. `/words delete` deletes what is left.
   *[channel] **{ $asker }:** an agreement that a word of yours needs was taken back, so that word is refused from now on.
}
sitting-waits = **{ $person } is being asked** whether <{ $word }> may be learned. Nothing is learned before they press *Agree*; then the training begins by itself. Without an answer the question ends <t:{ $until }:R>. Until then the photos stay as they are; to change them, take the question back.
question-taken-back = You took the question back. Nobody is asked any more.

## Several words of one name, and leave to use a word
somebody = another member
choice-title = **Which <{ $name }> do you mean?** More than one member lets you use a word of that name. Nothing is queued until you choose; only you see this.
choice-line = { $n }. { $whose ->
    [mine] yours
    [named] by { $owner }
   *[nobody] by another member
}: { $kind }, *{ $class_word }* (version { $version })
choice-more = … and { $count } more: `/styles search` finds them, and *Try it* there takes exactly that one.
leave-ask = { $where ->
    [alone] **{ $asker } asks to use your word <{ $word }> in a picture.** You are asked first.
   *[channel] **{ $owner }: { $asker } asks to use your word <{ $word }> in a picture here.** Only you can answer.
}
leave-people = There is another person in that picture, so everybody whom it shows has to allow it.
leave-prompt = The prompt: { $prompt }
leave-until = *Allow once* is for this prompt only. With *Always* { $asker } may use it from then on without asking you; `/words unshare` takes that back. Nothing is drawn before you answer, or if you have not by <t:{ $until }:R>.
leave-over = { $state ->
    [yes] You allowed { $asker } to use <{ $word }> once.
    [always] You allowed { $asker } to use <{ $word }> without asking. `/words unshare` with that member takes it back.
    [closed] You allowed { $asker } to use <{ $word }> without asking, but they cannot: it is not open to them now. Once it is again, what you allowed holds; `/words unshare` with that member takes it back.
    [no] You did not allow { $asker } to use <{ $word }>. Nothing is drawn. If you never want to be asked such things, `/settings show` has a button for that.
    [expired] { $asker } asked to use <{ $word }>; nobody answered in time, so nothing is drawn.
    [revoked] You took back that { $asker } may use <{ $word }> without asking.
    [channel] { $asker } asked to use a word in a picture. That question is over.
   *[other] { $asker } asked to use <{ $word }>. That is over, and there is nothing left to answer.
}
leave-nothing = Nothing came of it: these pictures are not drawn, and { $asker } knows why.{ $stands ->
    [yes] {" "}What you allowed stands for the next time.
   *[no] {" "}There is nothing for you to do.
}
leave-asked = **Before this is drawn, whose word it is has to allow it.** Asked until <t:{ $until }:R>:
leave-asked-line = · { $owner }, for <{ $word }>
leave-asked-then = They see your prompt. With a yes the pictures are queued and appear in this channel, and you are told either way. You need not wait here.
leave-yes = { $came ->
    [queued] { $owner } allowed you to use <{ $word }>. Your pictures are queued and appear where you asked for them.
    [waits] { $owner } allowed you to use <{ $word }>. Your pictures still wait for { $waits }.
   *[trouble] { $owner } allowed you to use <{ $word }>, but your pictures could not be queued: { $trouble }
}
leave-no = { $owner } did not allow <{ $word }> for your pictures. Nothing is drawn.
leave-expired = { $owner } did not answer about <{ $word }> within 24 hours. Nothing is drawn; you may ask again.
leave-unreachable = { $owner } could not be asked about <{ $word }>: direct messages from this server are closed to Tintype. Nothing is drawn.
leave-withdrawn = { $word ->
    [none] The word that you asked for
   *[other] <{ $word }>
} was deleted before anybody answered. Nothing is drawn.
leave-channel = { $asker }: { $came ->
    [queued] the word may be used, and your pictures are queued.
   *[none] there is news about the word that you asked for, and nothing is drawn yet. Open your direct messages to this server's members to be told more, or send the prompt again.
}
leave-revoked = { $owner } wants to be asked again before you use <{ $word }>. What you have drawn stays.

## Consent. A change of the text is a new version: see bot/consent.py
consent-member-1 = I am the person in these photos. I am 18 years or older. I agree that Tintype learns my likeness from them, as a word of the member who asks me. They may make pictures of me with it, and may share the word with me and with nobody else. I can take this back at any time with /privacy: from then on nobody can use the word, and pictures with it are not shown any more.
consent-2 = I am the person in these photos. I am 18 years or older. I agree that Tintype learns my likeness from them, for a word of my own. Only I can use it, and single members with whom I share it. I can take this back at any time: with /privacy, and nobody can use the word from then on, and pictures with it are shown to nobody but me; with /forget, and the word, the photos and the pictures are deleted.
consent-1 = I am the person in these photos. I am 18 years or older. I agree that Tintype learns my likeness from them for my own word, which stays private to me. I can take this back at any time with /forget, and the word, the photos and the pictures are deleted.

## Photo report
report-title = { $word ->
    [none] ## Photos, still without a word
   *[other] ## Photos for <{ $word }>
}
report-counts = { $good ->
    [0] No usable photo yet.
    [one] One usable photo.
   *[other] { $good } usable photos.
}{ $kind ->
    [none] {""}
   *[other] {" "}It learns **{ $kind }**{ $class_word ->
        [none] {""}
       *[other] , a kind of *{ $class_word }*
    }.
}
report-page = Photos { $first }–{ $last } of { $total }.
report-line-good = **{ $n }** ✔ { $name } · { $width }×{ $height }{ $seen }
report-line-warn = **{ $n }** ⚠ { $name } · { $width }×{ $height }{ $seen } – { $remarks }
report-covers = {" "}· the subject covers { $covers } %{ $closer ->
    [none] {""}
   *[other] , will be cropped closer too, to { $closer } %
}
report-rejected-title = **Not taken:**
report-rejected-more = … and { $count } more.
report-few = **{ $have } of at least { $need } photos.** Add { $missing } more; from different sides and in different light works best.
report-warn-few = With { $have } photos the likeness will be rough; 5 to 20 work best.{ $is_ready ->
    [yes] {" "}You can train anyway.
   *[no] {""}
}
report-many = { $total } photos are more than { $most }. The { $most } best are taken; remove some if you want others.
report-consent = Pressing **{ $button }** means: { $text }
report-word-trouble = **The word:** { $trouble } Press *Word and kind* for that.
report-class-trouble = **What it is a kind of:** { $trouble } Press *Word and kind* for that.
report-method = Way to learn: { $method }
report-method-trouble = **The way to learn:** { $trouble } The menu below changes it.
report-kind-ask = **What do the photos show?** Choose it below, then *Train*.
report-sitter = **These photos show <@{ $person }>, so nothing is learned before they have agreed.** *{ $button }* sends them the question, with the photos for them alone; when they press *Agree*, the training begins by itself. They would agree to this: { $text }
report-sitter-agreed = <@{ $person }> agreed <t:{ $when }:R> to this, for these photos: { $text }
report-agreed = You agreed in the form: { $text }
report-agreed-before = You agreed to this <t:{ $when }:R>, for an earlier version of the word: { $text }
report-next = **<{ $word }> is a word of yours already: this teaches its next version.** What you have stays until you drop it. If these photos show something else, press *Word and kind* and choose another word.
report-kept = Kept encrypted, only for this, until the word is learned{ $days ->
    [0] {""}
   *[other] , and { $days } days longer for a next version
}. Without *Train* all of them are deleted <t:{ $until }:f>; whoever adds a photo has at least a week from then. Nothing here is posted in the channel. `/show` brings this back, and `/train` with the same word adds to it.
report-put-aside = Nothing was trained, and your photos are back where they were.
photos-kept = { $count ->
    [one] One photo is
   *[other] { $count } photos are
} kept, encrypted, until <t:{ $until }:f>. `/train word:{ $word }` puts { $count ->
    [one] it
   *[other] them
} into a next version.
photos-title = **Photos of yours that are kept:**
photos-line = · { $word ->
    [none] Without a word yet
   *[other] <{ $word }>
}: { $count ->
    [one] one photo
   *[other] { $count } photos
}, until <t:{ $until }:f>
photos-dropped = { $count ->
    [one] The photo is
   *[other] The { $count } photos are
} deleted for good.
report-alt = Photo { $n } of { $total }{ $word ->
    [none] {""}
   *[other] {" "}for { $word }
}: { $name }{ $is_framed ->
    [no] {""}
   *[yes] ; what a closer crop leaves out is dimmed
}
report-discarded = Dropped. The photos are deleted; nothing was trained.

## Jobs and their cards
queued-title = ## Learning <{ $word }>
queued-place = { $place ->
    [0] Starting now.
    [one] Next in line.
   *[other] Place { $place } in the queue.
}{ $wait ->
    [none] {""}
   *[other] {" "}It takes { $wait }.
}
queued-by = Taught by <@{ $owner }>
queued-sleeping = The engine is not awake yet; the job is kept and starts by itself.
queued-ephemeral = **<{ $word }> is queued.** { $place } The card in this channel follows it. You can close Discord; nothing gets lost.
queued-twice = That is already queued as `{ $job }`: { $place }
training-title = ## Learning <{ $word }>
training-bar = `{ $bar }` { $percent } %
training-phase = { $phase ->
    [prepare] Preparing the photos
    [cache] Preparing the photos
    [class_images] Drawing pictures of the class word to compare with: { $made } of { $wanted }
    [load] Waking the engine
    [train] Learning
    [sample] Drawing a sample
    [save] Saving
   *[other] Working
}{ $left ->
    [none] {""}
   *[other] {" · "}{ $left } left
}
training-step = Step { $done } of { $total }{ $loss ->
    [none] {""}
   *[other] {" · "}loss { NUMBER($loss, minimumFractionDigits: 3) }
}
training-again = It was interrupted after step { $reached } and goes on from its last checkpoint{ $at ->
    [0] .
   *[other] ; it is at step { $at } again.
}
training-preview-alt = Learning curve (plain line: loss, line with dots: likeness) and samples of { $word } after { $done } of { $total } steps
curve-legend = -# Curve, over the steps: plain line and first number, the loss; line with dots and second number, the likeness. The largest dot is the best.
sheet-legend = -# Before each row: its step in the training and the likeness; in a word from a file, - without it and + with it. The framed row is the best.
training-private = Photos and samples of a person are shown only to them, and to whose word it is: press *Show me*.
training-stopping = Stopping; the best so far is kept.
training-over = **<{ $word }>** · { $state ->
    [succeeded] learned; the result is below.
    [cancelled] cancelled.
   *[other] not learned; the reason is below.
}
result-title = ## <{ $word }> is learned
result-figures = { $method } · { $steps } steps · { $seconds } · { $size }
result-best = Best at step { $step }.
result-mean = The mean of steps { $steps } is the best.
result-stalled = It ended before its { $most } steps, because nothing got better any more.
result-use = Write it in a prompt: `/imagine prompt:{ $kind ->
    [style] a <{ $word }> drawing of a cat on the beach
   *[other] <{ $word }> on the beach
}`
result-photos = The { $count ->
    [one] photo is
   *[other] { $count } photos are
} deleted; the word does not need them any more.
result-sheet-alt = Sample sheet of { $word }: a row of pictures for each sample point, with its step and likeness
result-curve-alt = Learning curve of { $word }: plain line the loss, line with dots the likeness
result-private = Samples of a person are shown only to them, and to whose word it is: press *Show me*.
failed-title-train = ## <{ $word }> was not learned
failed-title-sheet = ## <{ $word }> could not be compared
cancelled-title-sheet = ## Comparing <{ $word }> was cancelled
failed-title-import = ## <{ $word }> was not taken over
failed-title-imagine = ## No pictures this time
failed-job = Job `{ $job }`
failed-photos = Your { $count ->
    [one] photo is
   *[other] { $count } photos are
} kept for another try until <t:{ $until }:f>.
cancelled-title-train = ## Learning <{ $word }> was cancelled
cancelled-title-import = ## Taking <{ $word }> over was cancelled
cancelled-title-imagine = ## Cancelled
cancelled-quiet = { $kind ->
    [train] Nothing was learned. `/show` tells its owner why.
   *[imagine] Nothing was drawn. `/show` tells whoever asked for it why.
}
cancelled-body = Nothing was kept of it.
imagine-queued = **Your { $count ->
    [one] picture is
   *[other] { $count } pictures are
} { $state ->
    [running] being drawn
   *[queued] queued
}.** { $place } { $count ->
    [one] It appears
   *[other] They appear
} in this channel.
imagine-drawing = Being drawn now.
imagine-progress = `{ $bar }` { $percent } %{ $left ->
    [none] {""}
   *[other] {" · "}{ $left } left
}.
imagine-drawn = { $count ->
    [one] Your picture is drawn. { $where ->
        [here] It stands in this channel.
        [alone] It stands in your direct messages, for this channel is not the place for it.
        [nowhere] It could neither be posted here nor sent to you; `/show` brings it back.
       *[coming] It is on its way.
    }
   *[other] Your { $count } pictures are drawn. { $where ->
        [here] They stand in this channel.
        [alone] They stand in your direct messages, for this channel is not the place for them.
        [nowhere] They could neither be posted here nor sent to you; `/show` brings them back.
       *[coming] They are on their way.
    }
}
imagine-not-drawn = { $count ->
    [one] Your picture was
   *[other] Your { $count } pictures were
} not drawn. { $where ->
    [here] The reason stands in this channel.
    [alone] The reason stands in your direct messages.
    [nowhere] `/show` tells the reason.
   *[coming] The reason is on its way.
}
previewing-waiting = **A preview of <{ $word }>**, from one of its photos: { $place }
previewing-running = **A preview of <{ $word }>**, from one of its photos.
previewing-done = **A preview of <{ $word }>**, from one of its photos and before anything is learned. The word itself will come closer. Only you see this; it is kept nowhere.
previewing-gone = The preview of <{ $word }> was shown and is kept nowhere. As long as the training lasts, *Preview* draws another.
previewing-over = No preview was drawn.
previewing-alt = A preview of { $word }: what one photo shows, in other places
preview-alt = Half way to: { $prompt }
imagine-title = { $prompt }
grid-by = For <@{ $owner }> · seed { $seed }{ $relation ->
    [vary] {" · "}a variation
    [edit] {" · "}with an edited prompt
    [enlarge] {" · "}enlarged
    [again] {" · "}once more
    [photo] {" · "}a photo, changed by words
   *[none] {""}
}
grid-words = Words: { $words }
credit-named = { $word } by { $owner }
credit-nobody = { $word } by another member
credit-mine = { $word }, yours
credit-gone = { $word } (deleted)
credit-pack = {" "}(credit: { $credits })
credit-version = {" "}(version { $version }{ $state ->
    [dropped] , dropped since
   *[ready] {""}
})
grid-alt = { $count } pictures, numbered from left to right and top to bottom: { $prompt }
image-alt = Picture { $n }: { $prompt }
deleted-images = These pictures were deleted.
moderated-images = A moderator deleted these pictures.
delete-theirs-ask = **Delete these pictures of <@{ $owner }>?** They are gone for good then. In their place stands that a moderator deleted them, and `/studio audit` says who did. To let the moderators decide together, close this and press *Report* instead.
delete-theirs-done = The pictures are deleted. In their place stands that a moderator deleted them.
pictures-reported = Thank you. The moderators of this server see your report; the member whose pictures these are is not told who wrote it.
withdrawn-images = The person whom these pictures show took their agreement back. The pictures are not shown any more.
hidden-images = These pictures were reported. They are kept from view until a moderator has looked at them.
recipe-title = ## Recipe
recipe-prompt = **Prompt:** { $prompt }
recipe-negative = **Not shown:** { $negative }
recipe-seed = **Seed:** { $seed } · **Size:** { $width }×{ $height }
recipe-words = **Words:** { $words }
recipe-base = **Base model:** { $base }
recipe-begun = Begun from a picture that was sent, with strength { NUMBER($strength) }.
recipe-said = **It showed:** { $said }
recipe-quality = **Quality:** { $quality }
recipe-settings = **Settings:** { $settings }
recipe-steps = { $steps ->
    [one] one step
   *[other] { $steps } steps
}
recipe-guidance = guidance (CFG) { $scale }
recipe-shape = shape: { $shape }
recipe-parent = Made from picture `{ $parent }` ({ $relation }).
recipe-job = Job `{ $job }`, made <t:{ $when }:R>

## Favourites and settings
star-kept = ★ Picture { $n } is among your favourites now. `/favourites` lists them; press the star once more to let it go.
star-gone = Picture { $n } is not among your favourites any more.
favourites-title = ## Your favourites
favourites-line = **{ $n }** { $prompt } · `{ $image }` · <t:{ $when }:R>
favourites-none = You have no favourites here yet. The star below a picture keeps it.
settings-title =
    ## Your settings
    Taken by `/imagine` where you leave an option out. Only you see this.
settings-shape = **Shape**
settings-count = **Pictures at a time**
settings-quality = **Quality** – fast is rough, fine takes twice as long
settings-negative = **Not in the picture:** { $negative ->
    [none] nothing set
   *[other] { $negative }
}
settings-presets = **Presets**, for `/imagine preset:`
settings-asked = **Questions of others:** { $asked ->
    [yes] they may ask you before they use a word of yours that you share with *Ask me first*, put you into a picture with somebody else, or have photos learned that show you.
   *[no] you are never asked. Who would have to ask you is refused at once. What you have allowed stays allowed, and questions that are with you already wait for your answer.
}
settings-no-presets = **Presets:** none yet. `/settings save` keeps options under a name.
preset-line = **{ $name }** – { $told }
preset-count = { $count ->
    [one] one picture
   *[other] { $count } pictures
}
preset-prompt = with “{ $prompt }”
preset-negative = without “{ $negative }”
preset-saved = Kept. Use it with `/imagine preset:{ $name }`.
preset-dropped = The preset “{ $name }” is deleted.
ping = <@{ $owner }>, you asked to be told when it is done. `/settings show` changes that.

## Words
words-title = ## Your words
words-none = You have not taught a word yet. Start with `/train`.
words-line = **<{ $name }>** · { $kind } · { $state ->
    [ready] { $method } · { $size }
    [learning] is being learned
    [foreign] made for { $base }; train it again for this base model
    [waits] came from a file and waits for you to enable it
   *[empty] not learned yet
}{ $visibility ->
    [shared] {" · "}shared
   *[private] {""}
}
words-more = … and { $count } more.
word-title = ## <{ $name }>
word-kind = { $kind } · { $visibility ->
    [private] private, only you can use it
   *[other] shared
}
word-version = { $use ->
    [yes] ▶ Version { $n } · in use
   *[no] Version { $n }
} · { $method } · { $size }{ $score ->
    [none] {""}
   *[other] {" · "}likeness { $score } %
}{ $step ->
    [none] {""}
   *[other] {" · "}step { $step }
}{ $strength ->
    [none] {""}
   *[other] {" · "}strength { $strength }
} · for { $base } · <t:{ $when }:R>
word-versions-more = … and { $count } older.
version-used = <{ $name }> means version { $n } from now on. Pictures that are there keep theirs.
version-drop-ask = **Drop version { $n } of <{ $name }>?** Its weights and samples are deleted. Pictures made with it stay, but no more can be made from them. This cannot be undone.
version-dropped = Version { $n } of <{ $name }> is deleted; the word means version { $now } now.
word-foreign = Version { $n } was made for { $base }. This studio runs another base model: use *Train again*.
word-taken-back = ⚠ The person whom it shows took their agreement back, so it is learned no further and refused everywhere. That is their right, without a reason.
word-none = Not learned yet.
word-waits = It came from a file and waits for you: look at its first pictures, then enable or discard it.
word-use = Use it: `/imagine prompt:{ $kind ->
    [style] a <{ $name }> drawing of a cat in the snow
   *[other] <{ $name }> in the snow
}`
word-renamed = <{ $old }> is now <{ $new }>. Old pictures keep working.
share-title = ## Who may use <{ $name }>
share-none = <{ $name }> is private: only you can use it. What others draw with it right now is cancelled; pictures that are there stay.
share-with = · { $scope ->
    [member] <@{ $subject }>
    [role] everybody with the role <@&{ $subject }>
    [guild] everybody in this server
    [elsewhere] everybody in another server
   *[instance] everybody in every server of this bot
}
share-removed = ⚠ Removed by { $server ->
    [none] who runs this Tintype
   *[other] a moderator of { $server }
}: only you can use it until they let it in again. You can ask them for that.
share-removed-there = ⚠ Removed by a moderator of { $server }: it cannot be used there until they let it in again. You can ask them for that.
share-quarantined = ⚠ It was reported, so only you can use it until a moderator has looked at it.
share-licence = Pictures: { $licence }
share-standing = Without asking each time: { $members }. `/words unshare with:One member` takes that back.
word-delete-ask = **Delete <{ $name }>?** Its weights, photos and checkpoints are deleted; pictures made with it stay. This cannot be undone.
word-deleted = <{ $name }> is deleted.
word-exported = **<{ $name }>** as `{ $file }` ({ $size }). It works in AUTOMATIC1111, ComfyUI, sd-scripts and diffusers: put it into the folder of LoRAs and write `{ $trigger }`. Whoever has the file can use the likeness in it.
word-exported-both = **<{ $name }>** as `{ $file }` and `{ $embedding }` ({ $size }). They work in AUTOMATIC1111, ComfyUI and diffusers: put the first into the folder of LoRAs, the second into that of embeddings, use both, and write `{ $trigger }`. Whoever has the files can use the likeness in them.
word-exported-embedding = **<{ $name }>** as `{ $file }` ({ $size }). It works in AUTOMATIC1111, ComfyUI and diffusers: put it into the folder of embeddings and write `{ $trigger }`. Whoever has the file can use the likeness in it.
word-exported-hypernetwork = **<{ $name }>** as `{ $file }` ({ $size }). It works in AUTOMATIC1111 and ComfyUI: put it into the folder of hypernetworks, choose it there and write `{ $trigger }`. Whoever has the file can use the likeness in it.
word-exported-aesthetic = **<{ $name }>** as `{ $file }` ({ $size }). It holds the direction of a style, which only Tintype leads prompts in: hand it to `/words import` of another one. Whoever has the file can use the style in it.
word-exported-negative = **<{ $name }>** as `{ $file }` and `{ $embedding }` ({ $size }). They work in AUTOMATIC1111, ComfyUI and diffusers: put both into the folder of embeddings, write the name of the first into the prompt and that of the second into the negative prompt. Whoever has the files can use the likeness in them.
word-exported-pack = **<{ $name }>** as `{ $file }` ({ $size }), under the licence “{ $licence }”. It holds the weights, the samples, the card and checksums, and no name or number of anybody but what you gave. `/words import` of another Tintype takes it whole{ $kind ->
    [hypernetwork] {""}
    [aesthetic] {""}
   *[lora] ; other programs take the .safetensors in it
}. Whoever has it can use the likeness in it.
word-exported-shortened = The whole of it has { $size }, more than Discord takes here, so this is a shorter one: of what each layer learned the strongest directions, { $percent } % of it in all. Where Discord takes more, as on servers boosted to level 2 or 3, `/words export` gives the whole.
import-title = ## <{ $word }>, made elsewhere
import-file = `{ $name }`: { $layout ->
    [pack] {""}a pack of Tintype with{" "}
    [peft] {""}a folder of peft with{" "}
   *[file] {""}
}{ $kind ->
    [both] a LoRA and an embedding
    [embedding] an embedding
    [hypernetwork] a hypernetwork
    [aesthetic] the direction of a style
   *[lora] a LoRA
}{ $rank ->
    [0] {""}
   *[other] {" "}of rank { $rank }
}, { $size }
import-ask-kind = **What does it show?** Nothing is taken over before you have said so. It waits for a day.
import-consent = “These photos” are those that the file was made from.
import-next = It is next.
import-queued = **<{ $word }> is being taken over.** { $place } You see its first pictures here before anybody can use it.
import-running = **<{ $word }> is being taken over.** { $bar } { $percent } %, first pictures without it and with it.
import-dropped = The file is deleted. Nothing was made of it.
import-alt = First pictures of { $word }: above without it, below with it
import-enabled = **<{ $word }> is yours to use.** `/imagine prompt:{ $kind ->
    [style] a <{ $name }> drawing of a cat in the snow
   *[other] <{ $name }> in the snow
}`
import-discarded = <{ $word }> and its file are deleted.
imported-waits = **<{ $word }>** was taken over from a file and waits for <@{ $owner }>: look at its first pictures, then enable or discard it. Until then nobody can use it.
imported-enabled = **<{ $word }>** was taken over from a file by <@{ $owner }>.
trial-title = ## First pictures of <{ $word }>
trial-kind = It shows { $kind }.
trial-said = To the base model it is said as `{ $trigger }`.
trial-licence = Its pack comes with a licence for pictures: { $licence }.
trial-credits = Credit: { $credits }.
trial-ask = Above what the base model draws without it, below with it. *Enable* makes <{ $word }> yours to use; until then nobody can.
trial-enabled = Above what the base model draws without it, below with it. <{ $word }> is in use.
word-alt = Sample sheet of { $name }

compare-title = ## Compare <{ $word }>
compare-help = Each row is a moment of its training, each column a strength; prompt and seed are the same everywhere. Press what looks best, and <{ $word }> means that from now on.
compare-now = Now it means version { $version }, with strength { $strength } where a prompt says none.
compare-queued = **The contact sheet of <{ $word }> is queued.** { $place } It appears in this channel.
compare-row = step { $step }
compare-alt = Contact sheet of { $word }: a row each for { $rows }; a column for each strength: { $strengths }

## Styles
gallery-title = ## { $order ->
    [new] The newest styles
    [top] The best liked styles
    [random] Styles by chance
   *[name] Styles
}
gallery-search = ## Styles with “{ $text }”
gallery-count = { $total ->
    [one] One style
   *[other] { $total } styles
} you may use here. Only you see this.
gallery-none = There is no style that you may use here yet. `/train` teaches a word of your own; `/words share` offers it to others.
gallery-none-found = No style that you may use here has that in its name, its kind or what its owner says about it.
style-line = **<{ $name }>** · { $kind }
kind-of = { $kind }{ $class_word ->
    [none] {""}
   *[other] , a kind of *{ $class_word }*
}
style-by = By <@{ $owner }> · { $licence }
style-licence-here = to be used here only
style-licence-cc-by = CC BY: anything, with credit
style-licence-cc-by-nc = CC BY-NC: anything but business, with credit
style-licence-cc0 = CC0: anything
style-mixing-free = It may be mixed with any other word.
style-mixing-no-people = It is not mixed with words for people.
style-mixing-ask = Whoever wants to use it asks its owner first: Tintype does that, and holds the pictures until then.
style-counts = { $uses ->
    [0] Not used by others yet
    [one] In one picture of others
   *[other] In { $uses } pictures of others
} · { $likes ->
    [0] no likes yet
    [one] one like
   *[other] { $likes } likes
}
style-title = ## <{ $name }>
style-use = Use it: `/imagine prompt:{ $kind ->
    [style] a <{ $name }> drawing of a cat in the snow
   *[other] <{ $name }> in the snow
}`
style-works = **Pictures it is part of:**
style-work = `{ $job }` · { $count ->
    [one] one picture
   *[other] { $count } pictures
} by <@{ $owner }>, <t:{ $when }:R>
style-mixed = with { $credits }
filter-added = From now on this server refuses “{ $text }” ({ $kind }) in prompts, names of words and what is said about styles. Members are told that a filter refused, not what.
filter-harms = ⚠ That also refuses “{ $prompt }”, which is harmless. If it should not, take it out again with `/studio filter remove`.
filter-removed = This server refuses “{ $text }” ({ $kind }) no longer.
filter-title = { $count ->
    [0] This server's filter is empty. `/studio filter add` fills it.
    [one] This server's filter refuses:
   *[other] This server's filter refuses { $count } words and patterns:
}
filter-line = - { $text } ({ $kind })
filter-passes = This server's filter would let that pass.
filter-refuses = Refused: “{ $text }” ({ $kind }) is in it. Members are not told which.
style-reported = Thank you. The moderators of this server see your report about <{ $name }>; its owner is not told who wrote it.
style-alt = Samples of { $name }, drawn when it was learned

## Keeping order
reports-none = **Nothing is reported.** Members report with the *Report* button under pictures and styles.
reports-title = ## Reported { $n } of { $total }
case-pictures = **Pictures:** { $prompt }
case-style = **A style:** <{ $word }>
case-owner = Of <@{ $owner }>{ $strikes ->
    [0] .
    [one] , who has one strike.
   *[other] , who has { $strikes } strikes.
}
case-reporters = **What is wrong,** reported by { $count ->
    [one] one member
   *[other] { $count } members
} since <t:{ $when }:R>:
case-said = - <@{ $member }>: { $reason }
case-forgotten = - Somebody who was forgotten since
case-hidden = ⚠ It is hidden until you decide.
case-help = *Keep* { $hidden ->
    [yes] lets it be seen again
   *[no] leaves it as it is
} and settles all these reports. *Remove* deletes pictures, and leaves a style to its owner alone. *Remove and strike* counts it too: the third strike in 30 days blocks for 30 days. *Block the owner* asks for how long and why; the reports stay.
case-alt = What was reported
removed-title = ## Removed style { $n } of { $total }
removed-style = <{ $name }> of <@{ $owner }>, removed by { $by } <t:{ $when }:R>
removed-help = *Let in again* undoes that, with its strike if it brought one, and tells its owner. Whoever it was shared with can use it again; where it is another server's, its owner shares it here anew.
removed-none = **This server keeps no style out.**
notice-style = **Your word <{ $name }> was reported, and { $server ->
    [none] who runs this Tintype
   *[other] a moderator of { $server }
} removed it.** Only you can use it from now on, until they let it in again; you can ask them for that. `/words card` shows how it stands.
notice-there = **Your word <{ $name }> was reported, and a moderator of { $server } removed it there.** It cannot be used in that server until they let it in again; you can ask them for that. `/words card` shows how it stands.
notice-pictures = **Pictures of yours were reported, and { $server ->
    [none] who runs this Tintype
   *[other] a moderator of { $server }
} removed them.** They are deleted.
notice-readmitted = **{ $server ->
    [none] Who runs this Tintype
   *[other] A moderator of { $server }
} let your word <{ $name }> in again.** `/words card` shows who may use it, and `/words share` opens it to more.
blocked-title = **Blocked here:**
blocked-line = <@{ $member }>{ $reason ->
    [none] {""}
   *[other] {" "}– { $reason }
}
blocked-until = <@{ $member }> until <t:{ $when }:f>{ $reason ->
    [none] {""}
   *[other] {" "}– { $reason }
}
audit-title = ## Who decided what
audit-none = Nothing was reported or decided here yet.
audit-line = <t:{ $when }:f> · { $who } { $what }
audit-nobody = Somebody
audit-itself = Tintype
audit-changed = { $what }: { $changes }
audit-change = { $before } → { $now }
audit-more = { $count } more
audit-everybody = everybody
audit-no-one = nobody
audit-everywhere = every channel
audit-days = { $count ->
    [0] without end
    [one] one day
   *[other] { $count } days
}
audit-reports = { $count ->
    [one] one report
   *[other] { $count } reports
}
audit-trainings = trainings { $change }
audit-pictures = pictures { $change }
audit-at_once = at once { $change }
audit-delete = deleted { $count ->
    [one] a picture
   *[other] { $count } pictures
}{ $whom ->
    [none] {""}
   *[other] {" "}of { $whom }
}
audit-cancel = cancelled { $whom ->
    [none] an order
   *[other] an order of { $whom }
}
audit-report = reported something{ $whom ->
    [none] {""}
   *[other] {" "}of { $whom }
}
audit-hide = hid something by reporting it{ $whom ->
    [none] {""}
   *[other] , of { $whom }
}
audit-keep = kept what was reported{ $whom ->
    [none] {""}
   *[other] {" "}of { $whom }
}
audit-remove = removed what was reported{ $whom ->
    [none] {""}
   *[other] {" "}of { $whom }
}
audit-strike = removed what was reported, with a strike{ $whom ->
    [none] {""}
   *[other] {" "}against { $whom }
}
audit-count = counted a strike{ $whom ->
    [none] {""}
   *[other] {" "}against { $whom }
}, number { $count } within 30 days
audit-block = blocked { $whom ->
    [none] a member
   *[other] { $whom }
}{ $until ->
    [none] {""}
   *[other] {" "}until <t:{ $until }:f>
}
audit-readmit = let in again what had been removed{ $whom ->
    [none] {""}
   *[other] , of { $whom }
}
audit-unblock = let { $whom ->
    [none] a blocked member
   *[other] { $whom }
} in again
audit-setup-trainers = changed who may teach words
audit-setup-drawers = changed who may make pictures
audit-setup-first = changed whose jobs go first
audit-setup-channels = changed in which channels Tintype works
audit-setup-has_people = changed whether people may be taught
audit-setup-keep_days = changed how long pictures stay
audit-setup-left_days = changed how long the things of those who left stay
audit-setup-threshold = changed how many reports hide a thing
audit-setup-channel = changed the rules of { $channel ->
    [none] a channel
   *[other] { $channel }
}
audit-kept-no-longer = had { $count ->
    [one] one picture
   *[other] { $count } pictures
} deleted, older than this server keeps them
audit-left = had what belonged to a member who left deleted: words and pictures, { $count }
audit-filter-add = added “{ $text }” to the filter, { $kind }
audit-filter-drop = took “{ $text }” out of the filter, { $kind }
audit-quota = changed the limits of { $role ->
    [none] everybody
   *[other] { $role }
}
audit-held-back = had { $count ->
    [one] one picture
   *[other] { $count } pictures
} held back by the output check
setup-title =
    ## The studio of this server
    Every choice below holds at once, and stands in `/studio audit`. Only you see this card.
setup-stale = ⚠ **Nothing was changed by that:** the card was not new any more, because these rules had been changed since. Here they are as they stand now.
setup-trainers = **Who may teach words:** { $roles ->
    [none] everybody
   *[other] { $roles }
}
setup-drawers = **Who may make pictures:** { $roles ->
    [none] everybody
   *[other] { $roles }
}
setup-first = **Who goes first,** with twice the share of the machine: { $roles ->
    [none] nobody
   *[other] { $roles }
}
setup-channels = **Where:** { $channels ->
    [none] in every channel
   *[other] { $channels }
}
setup-people = **May people be taught here?** { $state }
setup-keep = **Pictures** { $days ->
    [0] stay until somebody deletes them.
   *[other] are deleted { $days } days after they were made, and blanked in the channels.
}
setup-left = **When a member leaves, or I am removed,** { $days ->
    [0] their words and pictures of this server stay until they delete them.
   *[other] their words and pictures of this server are deleted { $days } days later.
}
setup-threshold = **Hidden by reports** of { $count ->
    [one] one member
   *[other] { $count } members
}, until you decide with `/studio reports`.
setup-keep-choice = { $days ->
    [0] Pictures stay until they are deleted
   *[other] Pictures stay { $days } days
}
setup-left-choice = { $days ->
    [0] Things of those who left stay
   *[other] Things of those who left stay { $days } days
}
setup-threshold-choice = { $count ->
    [one] One report hides a thing
   *[other] { $count } reports hide a thing
}
setup-apart = **Channels with rules of their own:** { $channels }
setup-help = `/studio setup channel:` is for a single channel, `/studio limits` for how much each role may ask for, `/studio filter` for what nobody may write.
menu-trainers = Who may teach words (none: everybody)
menu-drawers = Who may make pictures (none: everybody)
menu-first = Who goes first (none: nobody)
menu-channels = In which channels (none: in all)
menu-keep = How long pictures stay
menu-left = After a member has left
menu-threshold = How many reports hide a thing
menu-method = The way to learn
menu-count = The most pictures at a time
menu-quality = The finest quality
menu-shape = The usual shape
place-title =
    ## The rules of <#{ $channel }>
    They hold in its threads too, and at once. Only you see this card.
place-closed = ⚠ This channel is not among those that `/studio setup` names, so nothing is taught or made here.
place-pictures = **Pictures are made here:** { $state }
place-training = **Words are taught here:** { $state }
place-enlarge = **Pictures are enlarged here:** { $state }
place-spoiler = **All pictures are posted covered:** { $state }
place-caps = **At most** { $count ->
    [one] one picture
   *[other] { $count } pictures
} at a time, in quality “{ $quality }”.
place-shape-any = Shape: as each member prefers
place-shape-square = Shape, unless a member says another: square
place-shape-portrait = Shape, unless a member says another: portrait
place-shape-landscape = Shape, unless a member says another: landscape
place-count-choice = { $count ->
    [one] One picture at a time
   *[other] Up to { $count } pictures at a time
}
place-quality-choice = Quality: { $quality } at the finest
access-title = **What I may do here:**
access-line = { $state ->
    [yes] ✔ { $permission }
   *[no] ✘ { $permission } – missing
}
access-fix = **How to fix <#{ $channel }>:** open its settings, *Permissions*, choose or add Tintype under *Roles/Members*, and allow { $permissions }.
access-all = ✔ I can post in all these channels.
access-some = ⚠ { $count ->
    [one] In one channel I cannot post:
   *[other] In { $count } channels I cannot post:
}
access-more = … and in { $count } more.
permission-view_channel = View Channel
permission-send_messages = Send Messages
permission-send_messages_in_threads = Send Messages in Threads
permission-attach_files = Attach Files
permission-read_message_history = Read Message History
permission-add_reactions = Add Reactions
permission-administrator = Administrator
permission-change_nickname = Change Nickname
permission-connect = Connect
permission-create_events = Create Events
permission-create_expressions = Create Expressions
permission-create_instant_invite = Create Invite
permission-create_private_threads = Create Private Threads
permission-create_public_threads = Create Public Threads
permission-embed_links = Embed Links
permission-external_emojis = Use External Emojis
permission-external_stickers = Use External Stickers
permission-manage_channels = Manage Channels
permission-manage_guild = Manage Server
permission-manage_messages = Manage Messages
permission-manage_roles = Manage Permissions
permission-manage_threads = Manage Threads
permission-manage_webhooks = Manage Webhooks
permission-mention_everyone = Mention @everyone, @here and All Roles
permission-pin_messages = Pin Messages
permission-request_to_speak = Request to Speak
permission-send_polls = Create Polls
permission-send_tts_messages = Send Text-to-Speech Messages
permission-send_voice_messages = Send Voice Messages
permission-speak = Speak
permission-stream = Video
permission-use_application_commands = Use Application Commands
permission-use_embedded_activities = Use Activities
permission-use_external_apps = Use External Apps
permission-use_external_sounds = Use External Sounds
permission-use_soundboard = Use Soundboard
permission-use_voice_activation = Use Voice Activity
quota-title = **Within 24 hours each member may have at most:**
quota-none = **This server has no limits of its own.** Each member may have what the operator's machine allows.
quota-everybody = Everybody
quota-any = any number
quota-line = - { $who } · trainings: { $trainings } · pictures: { $pictures } · at once: { $at_once }
quota-help = Whoever has several of these roles has the highest number. `/studio limits` changes them; what failed or was cancelled does not count.

## Queue, show, papers
queue-title = ## The queue
queue-empty = Nothing is waiting. `/imagine` or `/train` starts at once.
queue-running = ▶ { $what } · { $percent } %{ $left ->
    [none] {""}
   *[other] {" · "}{ $left } left
}
queue-line = { $place }. { $what }
queue-mine-train = learning <{ $word }> (yours)
queue-mine-imagine = pictures (yours)
queue-mine-sheet = comparing <{ $word }> (yours)
queue-other-sheet = a comparison
queue-mine-preview = a preview of <{ $word }> (yours)
queue-other-preview = a preview
queue-mine-other = { $kind } (yours)
queue-mine-import = taking <{ $word }> over (yours)
queue-other-import = weights made elsewhere
queue-other-train = a word
queue-other-imagine = pictures
queue-other-other = other work
queue-more = … and { $count } more.
queue-awaited-imagine = **Pictures of yours wait** until <t:{ $until }:R> for an answer of:
queue-awaited-train = **<{ $word }> waits** until <t:{ $until }:R> for { $person } to agree; then it is learned by itself.
queue-engine-ready = Engine: awake, { $title }, { $device }.
base-miniature = the bundled miniature
device-processor = { $processor } { $kind }, { $threads ->
    [one] 1 thread
   *[other] { $threads } threads
}
queue-engine-loading = Engine: waking up.
queue-engine-away = Engine: not awake. Jobs are kept and start by themselves.
show-none = You have no job here yet. `/train` and `/imagine` make one.
show-posted = Posted in this channel.
show-choice-photos = photos for <{ $word }> · not trained yet
show-choice-train = learn <{ $word }> · { $state }
show-choice-sheet = compare <{ $word }> · { $state }
show-choice-import = take over <{ $word }> · { $state }
show-choice-imagine = { $prompt } · { $state }
state-queued = waiting
state-running = running
state-succeeded = done
state-failed = failed
state-cancelled = cancelled
privacy-body =
    ## Privacy
    {"**"}What Tintype sees:** the commands you send it, the files you give to `/train` and `/imagine`, and presses of its buttons. It reads no messages: it is connected without the right to.
    {"**"}What it keeps:** your photos until the word is learned (a week while they wait for *Train*, a day after a failure, up to 30 days longer if you choose so), the weights of your words with all their versions, and for a week those of moments of a training that you may still choose, the pictures you make with their recipes, which of your roles open its words to you while an order waits, a picture you sent to begin from (for a day), your language, settings, presets and favourites, the styles you like, what you searched for (for a day), what this server calls you (so that your words are credited), prompts that wait for an answer (for a day), what you agreed to, when, with whom you share, what you report, and what moderators decide about you. Every file is encrypted with a key of your own.
    {"**"}When you leave a server:** your words and pictures of that server are deleted 30 days later, or as its managers have set it; they may also have pictures deleted after some time. To know who left, Tintype asks Discord once a day after those who have something there.
    {"**"}What it never does:** learn from messages, pool photos of different members, find out who is in a picture, send anything to another service. Everything is computed on the operator's machine.
    {"**"}People:** a person is learned only when who is shown, 18 or older, has agreed: you yourself, or another member of the server, who is asked for it. Such a word is shared with single members at most; that of another member with them alone.
    {"**"}Your rights:** `/mydata` gives you everything, `/forget` deletes it and destroys your key, with a receipt.
privacy-intents = Granted intents: { $intents }. Permissions in this channel: { $permissions }.
privacy-likenesses = **Words that show you.** You can take your agreement back at any time: nobody can use the word from then on.
privacy-likeness = · <{ $name }> of <@{ $owner }>
taken-back-sitter = **You took your agreement to <{ $name }> back.** Nobody can use it from now on, its owner included: what was being made with it is cancelled, it is shared with nobody any more, and pictures with it are not shown any more. Its owner is told, and may not ask you again for 30 days. The photos are deleted. The word and the pictures that show you are still kept, of no use to anybody; delete them for good below.
taken-back = **You took your agreement to <{ $name }> back.** It is refused everywhere from now on, what was being made with it is cancelled, it is shared with nobody any more, and pictures with it are shown to nobody but you. Photos, weights and pictures are still there, of no use to anybody; delete them below, or later with `/forget`.
privacy-none = none
privacy-faces = {"**"}Faces:** while a person is learned, faces in the samples are compared with those in that person's photos, and with no others, to find the most alike. Nothing is kept but how alike a sample was.
check-off = **Output check: off.** Nothing looks at a picture before it is posted; reports and managers do.
check-on = **Output check: on** ({ $check }). Every picture is looked at before it is posted, previews and samples too, more strictly outside of age-restricted channels and always for people; what it holds back nobody sees.
check-asleep = **Output check:** not known while the engine is asleep; nothing is drawn then.
mydata-body = Tintype keeps { $words ->
    [one] one word
   *[other] { $words } words
}, { $images ->
    [one] one picture
   *[other] { $images } pictures
}, { $photos ->
    [one] one photo
   *[other] { $photos } photos
} and { $jobs ->
    [one] one job
   *[other] { $jobs } jobs
} of yours. { $parts ->
    [one] The zip holds
   *[other] They come in { $parts } zips; together they hold
} your files and a readable `mydata.json`. Press to get { $parts ->
    [one] it
   *[other] them
}; only you see that.
mydata-left-out = { $count ->
    [one] One file is
   *[other] { $count } files are
} left out: too large for a message here, or more than these parts take. Where Discord takes larger files, as on servers boosted to level 2 or 3, `/mydata` and `/words export` hand out larger ones too; `/show` brings your pictures.
mydata-part = Part { $n } of { $count }, { $size }. Keep it in a safe place: it is not encrypted any more.
mydata-pieces = Files that end in `.001`, `.002` and so on are pieces of one that is larger than a part: put them together in this order, with 7-Zip or `cat name.0* > name`.
forget-ask-all = **Delete everything Tintype keeps about you?** Your words, photos, pictures, jobs and consents are deleted here, and your key is destroyed, which makes them unreadable in backups too. Pictures that others made with your words stay theirs, except those of a person. This cannot be undone.
forget-ask-word = **Delete <{ $word }> with all that belongs to it?** Its photos, weights and checkpoints are deleted, and { $kind ->
    [person] the pictures made with it, also those that others made
   *[other] the pictures that you made with it. Pictures that others made with it stay theirs
}. This cannot be undone.
receipt-title = ## Receipt
receipt-line = Deleted <t:{ $when }:F>: { $photos ->
    [one] one photo
   *[other] { $photos } photos
}, { $words ->
    [one] one word
   *[other] { $words } words
} with { $versions ->
    [one] one version
   *[other] { $versions } versions
} and { $checkpoints ->
    [one] one checkpoint
   *[other] { $checkpoints } checkpoints
}, { $images ->
    [one] one picture
   *[other] { $images } pictures
}, { $consents ->
    [one] one consent
   *[other] { $consents } consents
}; { $size } in { $files ->
    [one] one file
   *[other] { $files } files
}. { $jobs ->
    [0] {""}
    [one] One job was stopped.
   *[other] { $jobs } jobs were stopped.
}
receipt-key = Your key is destroyed: copies in backups cannot be read any more.
receipt-key-kept = Your key stays, for your other words.
receipt-number = Receipt `{ $receipt }`. Keep it if you want to ask the operator about it.
receipt-stays = What stays: this receipt's number and the fact that you asked, so that an old backup cannot bring your data back; without your name, lines of a server's log and what you reported, without its text; of a block your bare number. Fragments of deleted rows in unused parts of the database's file are overwritten within the hour at the latest.
help-body =
    ## Tintype
    {"**"}1. `/train`** – hand in 5 to 20 photos of one subject and give it a word. You see at once which photos are good.
    {"**"}2. Wait a few minutes.** The card shows how it learns; *Stop and keep best* ends it early.
    {"**"}3. `/imagine prompt:<your-word> on the beach`** – alone, or together with another word. `<your-word:0.7>` uses it more lightly.
    Each grid has buttons: enlarge, vary, star, again, edit, recipe. `/settings show` is for what you choose each time, `/favourites` for what you starred.
    `/imagine image:` begins from a picture of yours, `/edit` changes what a photo of yours shows, `negative:` says what to leave out, `<ana-dog> on the left and <ben-mug> on the right` keeps two words apart.
    `/words mine` lists what you taught, with its versions; `/train` with a word of yours teaches the next one · `/words share` lets others use a word, `/words export` makes a file of it, `/words import` takes one over · `/styles browse` shows what others share, to try, like and report · `/queue` shows what runs · `/show` brings back an earlier job · `/privacy`, `/mydata`, `/forget` are about your data.
    Managers of a server: `/studio setup` says who may do what and where, `/studio reports` what was reported.
help-methods = Ways to learn here: { $methods }.
help-class-words = What this base model knows: { $words }.

## Errors: commands, buttons, permissions
E_UNKNOWN = Something broke on our side. It is written down under the number `{ $number }`; tell the operator that number if it happens again. Nothing of yours is lost.
E_GUILD = This Tintype works only in the servers its operator has approved. Ask them to run `tintype guilds allow { $guild }`.
E_DM_FIRST = Use Tintype once in a server it belongs to, such as with `/help`; after that it also answers here.
E_USER_INSTALL = Tintype works in servers it has been added to and in direct messages with it. Ask an admin of this server to add it.
E_OLD_BUTTON = This button is from an earlier Tintype and does nothing any more. `/show` brings the job back with working buttons.
E_OLD_COMMAND = This command has changed since your Discord loaded it. Reload Discord (Ctrl+R, or close and open the app) and type it again.
E_OPTION = “{ $value }” does not fit there. Choose one of the offered values.
E_JOB_FAILED = The engine could not finish it; the operator sees why in the log. Your photos and words are kept: try again, and tell the operator the job's number if it happens twice.
E_NOT_ALLOWED = That cannot be done here. Try it in a text channel of a server that Tintype belongs to.
E_NOT_FOUND = There is no such thing of yours. It may have been deleted; `/words mine` and `/show` list what there is.
E_CHANNEL = Tintype may not post in this channel: it lacks { $missing }. Ask an admin to grant that, or use another channel.
E_ENGINE_ASLEEP = No engine is awake, so this cannot be answered right now. Try again in a minute; the operator sees why with `tintype doctor`.
E_DISCORD_AWAY = Discord does not say just now who is a member of the server. Nothing was changed; try again in a moment.
E_STUDIO_BUSY = Very many are using this Tintype just now, so this took too long. Nothing was changed; try again in a moment.
E_METHOD = There is no way to learn called “{ $method }” here. Choose one of: { $known }.
E_METHOD_BASE = { $method } does not work with the base model in use, { $base }. Choose one of: { $known }.
E_EDIT_BASE = Photos cannot be edited with the base model in use, { $base }. Begin a new picture from the photo instead, with /imagine.
E_CLASS_WORD = The base model does not know “{ $class_word }” as a kind of { $kind }. Choose one of: { $known }.
E_WORD_OPEN = The bracket of <{ $word } is never closed, so it would be ordinary text. Write <{ $word }>, or <{ $word }:0.8> for less of it. Nothing was queued.
E_KIND_NEEDED = Say what the photos show first: a person, an animal, a thing or a style. The buttons are below the photos.
E_KIND = Tintype learns a person, an animal, a thing or a style. Choose one of these.
E_SHOW_ME = There is nothing to show yet. Try again when the first sample is drawn.

# Pictures to begin from
E_IMAGE_ADULT = In an age-restricted channel no picture is made or shown that began from one that was sent: nobody can tell whom it shows. Use another channel.
E_MADE_FOR_ADULTS = This was made in an age-restricted channel, so it is not posted outside of one. Leave out *public*, and only you see it.
E_IMAGE_GONE = These pictures began from one that was sent, which is kept for a day and for its member alone. Send it again with `/imagine image:`.
E_SAID_WORDS = Say in plain words what the photo shows; your own <words> go into the prompt that changes it.
E_STRENGTH_ALONE = A strength says how far to leave a picture, and there is none. Add one with `image:` (`--image` on the command line), or leave it out.
E_IMAGE_FILE = There is no picture at “{ $path }”. Name a file that exists and that you may read.

# Preferences
E_NO_PRESET = You have no preset called “{ $name }”. { $known ->
    [none] Make one with `/settings save`.
   *[other] Yours are: { $known }.
}
E_PRESET_NAME = A preset's name has 1 to 32 letters a–z, digits, spaces, - or _, and begins with a letter or digit. “{ $name }” does not.
E_PRESET_EMPTY = A preset needs at least one option: a shape, a count, a quality, a negative prompt or an ending of the prompt.
E_TOO_MANY_PRESETS = You have { $most } presets, and more are not kept. Delete one with `/settings drop` first.

## Errors: words and prompts
E_WORD_NEEDED = The photos need a word of 3 to 32 letters, digits, - or _, beginning with a letter, such as `ana-dog`.
E_WORD_NOT_LEARNED = <{ $word }> is not learned yet, so nothing can be drawn with it. `/queue` shows how long it will take; one that came from a file waits for *Enable*, see `/words card`.
E_WORD_FOREIGN_BASE = <{ $word }> was made for { $base }, and this studio runs another base model. Press *Train again* on `/words card`.
E_PROMPT_EMPTY = The prompt is empty. Write what to show, such as `<ana-dog> on the beach`.
E_TOO_MANY_WORDS = The prompt names { $count } words; at most { $most } fit in one picture. Take some out.

## Errors: photos and uploads
E_INTAKE_OFF = This Tintype takes no new photos at present: its operator has closed that. Words that are learned already work as before.
E_UPLOAD_HOST = “{ $name }” is not a file that was uploaded to Discord. Attach the photo itself.
E_UPLOAD_EXPIRED = Discord no longer hands out “{ $name }”. Send it again.
E_UPLOAD_FAILED = “{ $name }” could not be fetched from Discord. Send it again in a minute.
E_UPLOAD_BIG = “{ $name }” is larger than { $most_mb } MB. Send a smaller copy.
E_UPLOADS_BIG = These files are larger than { $most_mb } MB together. Send fewer at a time; *Add photos* takes the rest.
E_TOO_FEW_PHOTOS = { $have ->
    [0] There is no usable photo
    [one] There is only one usable photo
   *[other] There are only { $have } usable photos
}; { $method } needs at least { $need }. Press *Add photos*.
E_TOO_MANY_PHOTOS = There are already { $have } photos; { $most } is the most. Remove some first.
E_DRAFT_GONE = These photos were dropped or have expired, so there is nothing to train. Start again with `/train`.
E_DRAFT_USED = That training is already queued. `/queue` shows it.
E_DRAFT_KEPT = <{ $word }> was learned from these photos, and they are kept for a next version. `/train word:{ $word }` brings them back.
E_WHO_KIND = Who is shown is asked only for photos of a person. Leave `who:` and `member:` out, or choose the kind person.
E_WHO_MEMBER = Name the member whom the photos show, with `member:`. Somebody who is not in this server cannot be learned: nobody could ask them.
E_WHO_ME = You said that the photos show you, and named another member. Leave one of the two out.
E_WHO_BOT = A bot cannot agree to be learned. For a picture of a figure choose the kind of thing it is, and no member.
E_WHO_STRANGER = Somebody who is not in this server cannot be learned: only a member of it can be asked. Use `/train` in a server that you share.
E_WHO_HERE = Ask in the server where these photos were handed in: there it is known who you both are.
E_WHO_LEFT = The member whom these photos show is not in this server any more, so they cannot be asked, and nothing is learned.
E_NOT_AGREED = The member whom these photos show has not agreed to just these. Press *Ask them* on the photo report; nothing is learned before they agree.
E_DRAFT_ASKED = The member whom these photos show is being asked about just these, so they cannot change now. `/train` with the word shows the question; take it back there first.
E_WORD_PERSON = <{ $word }> is a word of yours already and shows somebody else. Choose another word for these photos.
E_ASK_DECLINED = { $person } does not want that, and is asked again by you at the earliest <t:{ $again }:R>. Please leave it at that until then.
E_ASK_NEVER = This needs leave of { $person }, who takes no such questions. Choose another word, or photos of somebody else. Nobody was asked.
E_ASK_OPEN = { $person } has a question of yours to answer already. Wait for that answer, or take that question back first.
E_ASK_OFTEN = You have asked { $person } { $most } times within 24 hours. Give them time; ask again tomorrow.
E_ASK_MANY = { $most } questions of yours wait for an answer already. Wait for one of them, or take one back.
E_QUESTION_GONE = This question does not exist any more: it was taken back, or what it was about was deleted. There is nothing left to answer.
E_QUESTION_FOREIGN = This question was asked of another member, and only they can answer it. Nothing has changed.
E_ASKER_LEFT = The member who asked you is not in that server any more, so there is nothing left to answer. Nothing of you is learned or used.
E_PERSON_LEFT = You are not in the server any more where you were asked, so this question is over. Nothing of you is learned or used.
E_QUESTION_OVER = This question is over: { $state ->
    [yes] you said yes. To change your mind, use `/privacy`, or `/words unshare` for leave to use a word
    [no] you said no, and it stays at that
    [expired] nobody answered it in time
    [revoked] you took your yes back
   *[other] it was taken back before there was an answer
}. There is nothing left to answer.
E_CONSENT_UNREAD = What a person agrees to before they are learned did not stand above that button. `/show` brings the photos back with it; agree there.
E_PHOTOS_PUBLIC = Photos are never posted in a channel. Leave out *public*, and only you see them.
E_PHOTO_GONE = That photo is not there any more. Turn a page or press *Add photos* to see the list as it is now.

## Errors: the engine and its command line
E_INTERNAL = Something broke in the engine. It is written down in its log under the number `{ $number }`; tell the operator that number if it happens again. Your photos and words are kept: try again.
E_BUSY = The engine is learning another word. Wait until it has finished; one training runs at a time.
E_VERB = The engine does not know the request “{ $verb }”. Bot and engine are of different versions: install them from one checkout and start both again.
E_ATTEMPT = The engine cannot read the job's folder (“{ $field }”). Bot and engine are of different versions: install them from one checkout and start both again.
E_JOB_KIND = The engine does not know jobs of the kind “{ $kind }”. Bot and engine are of different versions: install them from one checkout and start both again.
E_CHECKPOINT = The checkpoint of this job is damaged. It starts again from the beginning.
E_NO_CONSENT = Learning a person needs that person's own agreement, and this job carries none. Start again with `/train` and agree there; on the command line, add `--i-am-this-person` if you are 18 or older.
E_DISK_LOW = The disk of this Tintype is nearly full ({ NUMBER($free_mb) } MB free, { NUMBER($floor_mb) } MB are needed), so nothing new is taken. What is running goes on, and nothing is lost. The operator must free some space; then try again.
E_DISK_FULL = The disk of this Tintype is full, so nothing could be saved. What was saved before is whole. The operator must free some space; then try again.
E_NO_MEMORY = The { $device ->
    [cuda] graphics card
   *[other] computer
} ran out of memory ({ $free_mib } MiB free), and Tintype has already tried with less. Close what else uses it, or take a smaller base model.
E_UPSCALER_LOAD = The model for enlarging “{ $upscaler }” cannot be loaded. TINTYPE_UPSCALER names owner/name@revision of one that was fetched with `tintype-trainer models get`, or a folder that holds a StableDiffusionLatentUpscalePipeline with safetensors.
E_IMAGE_PROMPT_LOAD = The image-prompt adapter “{ $adapter }” cannot be loaded. TINTYPE_IMAGE_PROMPT names a plain IP-Adapter file (.safetensors) with the folder image_encoder beside it.
E_IMAGE_PROMPT_FITS = The image-prompt adapter “{ $adapter }” was made for another base model than “{ $base }”, or with another image encoder than the one beside it.
E_NO_IMAGE_PROMPT = The base model “{ $base }” takes no photo beside a prompt here, so there are no previews before a training. Whoever runs this Tintype can add an adapter (TINTYPE_IMAGE_PROMPT).
E_VAE_LOAD = The VAE “{ $vae }” cannot be loaded. TINTYPE_VAE names owner/name@revision of one that was fetched with `tintype-trainer models get`, or a folder with its config.json and .safetensors.
E_METHODS_FILE = The file of TINTYPE_METHODS, { $path }, cannot be used ({ $reason }). `tintype-trainer methods` lists methods and their settings.
E_LIKENESS_LOAD = The likeness model “{ $model }” cannot be loaded. TINTYPE_LIKENESS names a folder with DINOv2, CLIP or SigLIP: its config.json, preprocessor_config.json and model.safetensors.
E_CAPTIONER_LOAD = The captioner “{ $model }” cannot be loaded. TINTYPE_CAPTIONER names a folder with BLIP, Florence-2 or GIT in transformers' layout: its settings, its vocabulary and model.safetensors.
E_FACES_LOAD = The models of faces in “{ $folder }” cannot be loaded. TINTYPE_FACES names a folder with two files of OpenCV's zoo: face_detection_yunet_….onnx and face_recognition_sface_….onnx.
E_VAE_FITS = The VAE “{ $vae }” does not fit the base model “{ $base }”: its { $what ->
    [latent_channels] number of latent channels
    [pixels_per_latent] number of pixels to a latent
   *[other] scale of latents ({ $what })
} is { $theirs }, that of the base model { $ours }. Take one made for this kind of base model, or leave TINTYPE_VAE empty.
E_BASE_LOAD = The base model “{ $base }” cannot be loaded; the engine's log says why. `tintype-trainer models list` shows what is here.
E_IMAGE_TOO_BIG = The picture does not fit into { $limit_kib } KiB, however it is packed. Ask for a smaller one.
E_MODEL_UNCHECKED = “{ $name }” has no safety checker as .safetensors. Get the model without `--safety-checker`, and name the folder of another checker in TINTYPE_OUTPUT_CHECK_DIR.
E_OUTPUT_CHECK = TINTYPE_OUTPUT_CHECK is “{ $value }”, and there is no such check. Did you mean { $nearest }? Known are: { $known }.
E_CLIP_NONE = Aesthetic gradients are not possible with { $base }: its text encoder is no whole CLIP, so words and pictures have no space in common. Use another method.
E_NO_CLIP = Aesthetic gradients need { $clip }, which is not on this machine. The operator fetches it with `tintype-trainer models get { $clip }@main` (1.7 GB).
E_CLIP_FITS = { $clip } does not belong to the text encoder of { $base }, so aesthetic gradients are not possible with it. Use another method.
E_OUTPUT_CHECK_MISSING = The output check ({ $check }) is asked for, but its files are in none of these folders: { $places }. Nothing is drawn without it. Put its config.json and .safetensors there, or set TINTYPE_OUTPUT_CHECK to off.
E_OUTPUT_CHECK_LOAD = The output check { $check } cannot be loaded from { $folder }; the engine's log says why. Nothing is drawn without it. Fetch its files anew, or set TINTYPE_OUTPUT_CHECK to off.
E_OUTPUT_CHECK_BROKEN = The output check { $check } broke while it looked at a picture, so nothing of it is shown. It is written down in the engine's log. Try again; if it happens again, tell the operator.
E_CLASS_IMAGES_HELD = The output check held back too many of the pictures of the class word that this training holds on to: { $wanted } are wanted, { $have } are there. Train with `class_images` 0; then it holds on to the base model's own prediction and needs no picture.
E_HELD_BACK = { $count ->
    [one] The picture was
    [2] Both pictures were
   *[other] All { $count } pictures were
} held back by the output check, so nothing is shown. Try another prompt.
E_METHOD_SYNTAX = “{ $setting }” is no setting. Write it as name=value, such as `--set rank=8`.
E_PHOTOS_FOLDER = There are no photos in “{ $folder }”. Give a folder with JPEG, PNG, WebP, AVIF, GIF or HEIC files of one subject.
E_CAPTION_MISSING = “{ $photo }” has no caption: there is no “{ $file }” beside it. Write what the photo shows into that file, or take the photo out.
E_CAPTION_EMPTY = “{ $file }” is empty. Write into it what the photo of that name shows.
E_CAPTION_LONG = The caption of “{ $photo }” is longer than this base model can read: from “{ $rest }” on it would not be learned. Shorten it.
E_PHOTOS_FEW = { $have ->
    [one] There is only one usable photo
   *[other] There are only { $have } usable photos
}; { $method } needs at least { $need }. Add more, from different sides and in different light.
E_OUT_FOLDER = “{ $path }” cannot be written: { $reason }. Name a place that exists and is yours.
E_OUT_SUFFIX = “{ $path }” must end in .safetensors.
E_OUT_TAKEN = “{ $path }” is there already, and nothing is written over. Name another place.
E_WEIGHTS_FILE = There is no file “{ $path }”. Name a .safetensors file that `tintype-trainer train` wrote.
E_WEIGHTS_STRENGTH = “{ $value }” is no strength. Write a number from 0 to 2 after the colon, such as `zed.safetensors:0.8`.
E_MERGE_MANY = At most { $most } files can be merged at once. Merge some of them first.
E_MERGE_OPTION = { $option } says nothing to `--how { $how }`. Leave it out, or merge in another way.
E_MERGE_BASES = “{ $file }” was made for { $made_for }, “{ $other }” for { $other_for }; words of different base models cannot be merged. Train one of them again on the other's.
E_MERGE_VECTORS = The versions of <{ $word }> have embeddings of different lengths, which cannot be added up. Merge versions that were trained with the same number of vectors.
E_MERGE_KIND = <{ $word }> is a hypernetwork or the direction of a style, which nothing can be added to. Write it beside the other words in a prompt instead, or train it as a LoRA.
E_MERGE_TEXT = Together these words are said with more than { $most } letters, more than files may ask for. Merge fewer.
E_MERGE_CUSTOM = <{ $word }> was not made by `custom_diffusion` with its keys and values alone (`whole` 0), which is all that `--how constrained` can solve for. Merge it in another way, or train it again by that method.
E_MERGE_TWICE = <{ $word }> stands there twice, and one word cannot mean two things at once. Name one version of it, or add both up with `--how linear`.
E_MERGE_CROWDED = These words take { $count } places, and this base model's text is { $most } numbers wide: no more can be told apart. Merge fewer, or train them with fewer vectors.
E_COUNT = { $count } pictures at once is not possible; ask for 1 to 4.
E_JOIN_LATER = Joining several machines to one Tintype is not offered yet. Run one engine on the bot's machine: `make run` starts it.
E_MODEL_NAME = “{ $name }” names no model. Write `owner/name@revision`; the revision is a commit, a branch or a tag.
E_MODEL_UNKNOWN = “{ $name }” cannot be found on Hugging Face. Check the spelling of owner, name and revision; for a model behind a licence wall, log in there first.
E_MODEL_NETWORK = Hugging Face cannot be reached: { $reason }. Check this machine's connection and try again; what was fetched so far is kept.
E_MODEL_DISK = The model needs { $need_mib } MiB in { $folder }, and { $free_mib } MiB are free. Free some space, or set TINTYPE_MODELS_DIR to another disk.
E_MODEL_FORMAT = “{ $name }” offers no complete pipeline, no VAE and no CLIP in .safetensors. Tintype loads nothing else, because other formats can run code.
E_MODEL_LICENCE = “{ $name }” has the licence “{ $licence }”. Read it at { $link }, then add `--yes` to say that you accept it.
E_MODEL_CHANGED = The file “{ $file }” of the model “{ $name }” is not what was fetched. Delete { $folder } and fetch it again with `tintype-trainer models get { $name }`.
E_MODEL_MISSING = The model “{ $name }” is not on this machine. Fetch it with `tintype-trainer models get { $name }`.
E_MODEL_MEMORY = “{ $name }” needs about { $need_mib } MiB to train on this device (computed), which has { $have_mib } MiB for it. Take a smaller base model, or add `--yes` to fetch it anyway.
E_BLEND_FAMILY = “{ $name }” is { $family }, “{ $other }” is { $other_family }; only base models of one family that predict the same can be merged.
E_BLEND_TENSOR = “{ $name }” has no “{ $tensor }” of the same size in its { $part }, so it is built differently and cannot be merged with the others.
E_BLEND_NAN = “{ $tensor }” of the { $part } comes to something that is no number, so nothing was written. One of the models is broken, or the amount is too large for its precision.
E_BLEND_DISK = The new model needs { $need_mib } MiB in { $folder }, and { $free_mib } MiB are free. Free some space, or name a folder on another disk.

## Errors: storage, words, permissions
E_WORD_FORM = “{ $word }” cannot be a word: a word has 3 to 32 letters a–z, digits, - or _, and begins with a letter. How about { $suggestion }?
E_WORD_RESERVED = “{ $word }” has a meaning of its own and cannot be a word. Choose another, such as my-{ $word }.
E_WORD_LEARNING = <{ $word }> is being learned just now, so there is no next version yet. Wait until it is done; `/queue` shows how long that takes.
E_WORD_KIND = <{ $word }> is a word of yours for { $kind ->
    [person] a person
    [animal] an animal
    [object] a thing
   *[style] a style
}, and a next version shows the same. Choose that kind, or another word.
E_WORD_TAKEN = You already have a word <{ $word }>. Choose another, or delete that one first with `/words delete`.
E_LICENCE_FREER = <{ $word }> came from a pack whose licence is { $licence ->
    [here] “to be used here only”
    [cc-by] CC BY
   *[cc-by-nc] CC BY-NC
}, so it cannot be shared or handed on under one that allows more. Choose that licence, or a narrower one.
E_SHARE_REMOVED = <{ $word }> was removed by { $server ->
    [none] who runs this Tintype
   *[other] a moderator of { $server }
}, so it cannot be shared so until they let it in again. You can ask them for that.
E_SHARE_TAKEN = Another word is shared as <{ $word }> { $scope ->
    [guild] in this server
   *[instance] in every server of this bot
}, where a name may mean only one word. Give yours another name with `/words rename` and share it then.
E_SHARE_PERSON = <{ $word }> shows a person, so it can be shared with single members only. Use `/words share` with “One member” and name them.
E_SHARE_SHOWN = <{ $word }> shows another member, so it can be shared with that member alone.
E_SHARE_SELF = <{ $word }> is yours already. Name another member to share it with.
E_SHARE_SERVER = Name whom to share <{ $word }> with: a member, or a role. Roles and “This server” exist only in a server, not in direct messages.
E_SHARE_BOT = Bots cannot use words. Name a member to share it with.
E_SHARE_NOT = <{ $word }> is not shared with them. `/words card` shows who may use it.
E_MIX_PEOPLE = The owner of <{ $word }> lets it be used, but not in one picture with a person. Leave out either <{ $word }> or the person.
E_MIX_ASK = Since you asked, more leave is needed for these pictures. Send the prompt again: then everybody is asked who has to be.
E_ORDER_GONE = These pictures do not wait for a choice any more: they are queued already, or it was too long ago. Send the prompt again with `/imagine`.
E_NO_SUCH_WORD = There is no word <{ $word }> that you can use here.{ $nearest ->
    [none] {" "}`/words mine` lists yours; `/train` teaches a new one.
   *[other] {" "}Did you mean <{ $nearest }>?
}
E_WORD_OTHERS = <{ $word }> { $owner ->
    [none] is another member's
   *[other] is a word of { $owner }
}; only its owner can do that. `/words card` shows what you may do with it, `/words mine` lists yours.
E_PROMPT_LONG = The prompt has { $count } characters; { $most } fit. Shorten it.
E_STRENGTH = A strength goes up to { $most }; above it pictures fall apart. Write <{ $word }:1>, or less.
E_BLOCKED = The moderators of this server have blocked you from its studio{ $until ->
    [none] {""}
   *[other] {" "}until <t:{ $until }:f>
}. If that is a mistake, ask them. `/mydata` and `/forget` still work.
E_BARRED = The operator of this Tintype has blocked you from it{ $until ->
    [none] {""}
   *[other] {" "}until <t:{ $until }:f>
}. If that is a mistake, ask them. `/mydata` and `/forget` still work.
E_ROLE_TRAIN = In this server only members with { $roles } teach words. Whoever manages it can change that with `/studio setup`.
E_ROLE_IMAGINE = In this server only members with { $roles } make pictures. Whoever manages it can change that with `/studio setup`.
E_HERE_TRAIN = No words are taught in this channel. { $channels ->
    [none] Use another channel
   *[other] Use { $channels }
}; whoever manages the server can change that with `/studio setup`.
E_HERE_IMAGINE = No pictures are made in this channel. { $channels ->
    [none] Use another channel
   *[other] Use { $channels }
}; whoever manages the server can change that with `/studio setup`.
E_NO_PEOPLE = This server teaches no words for people, only for animals and things. Whoever manages it can change that with `/studio setup`.
E_CAP_COUNT = This channel takes at most { $most } pictures at a time. Ask for fewer, or in another channel; whoever manages the server can change that with `/studio setup channel:`.
E_CAP_QUALITY = This channel takes no finer quality than “{ $most ->
    [fast] Fast
    [normal] Normal
   *[fine] Fine
}”. Ask for that, or in another channel; whoever manages the server can change that with `/studio setup channel:`.
E_CAP_ENLARGE = In this channel pictures are not enlarged. Whoever manages the server can change that with `/studio setup channel:`.
E_FILTERED = This server's filter does not allow that text. Say it in other words; a moderator can tell you more.
E_FILTER_FORM = A filter has 1 to { $most } characters, with a letter or digit among them. Write a word, `cat*` for all its endings, or a pattern.
E_FILTER_REGEX = “{ $text }” is no pattern that can be used: { $why }. Look-arounds and back references do not exist here, because they can take for ever.
E_FILTER_WIDE = “{ $text }” would refuse { $count } of { $total } harmless prompts, so it was not kept: { $prompts }. Make it narrower; `/studio filter test` tries a text.
E_FILTER_MANY = This server's filter is full: { $most } words and patterns. Drop one first.
E_FILTER_NONE = “{ $text }” is not in this server's filter, so nothing was dropped.
E_BARRED_NONE = The member { $member } was not kept out, so nothing was changed. `tintype blocks list` shows who is.
E_BLOCK_WHOM = You cannot block yourself, a bot, or who runs this Tintype. Name another member.
E_BLOCK_DAYS = A block lasts a number of days from 1 to { $most }, or until you let them in again. Press the button again and write such a number, or nothing.
E_BLOCK_NONE = That member is not blocked here. `/studio reports` lists who is.
E_BLOCK_BOTH = Block or let in, one at a time; nothing was changed. A reason or a number of days goes with `block:`.
E_REMOVAL_GONE = This server keeps no such style out. `/studio reports` lists what was removed.
E_REPORT_CLOSED = This report is settled already. `/studio reports` shows what waits.
E_NOT_MANAGER = Only members who may manage this server can do this. Ask one of them.
E_NOT_YOURS = That belongs to another member, and only they may do this. Start your own with `/imagine` or `/train`.
E_PERSON_ADULT = A word for a person is never used in an age-restricted channel. Use it in another channel.
E_TRAINING_BACK = The person whom <{ $word }> shows took their agreement back, so it is not learned. That is their right, without a reason.
E_CONSENT_BACK = The person behind <{ $word }> took their agreement back, so nothing is drawn with it any more. Take the word out of the prompt.
E_WORD_CLOSED = <{ $word }> is not open to you any more, so nothing is drawn with it. Take it out of the prompt, or ask its owner to share it with you again.
E_BLOB_GONE = That file was deleted, so it cannot be shown or used any more. `/show` and `/words mine` list what there is.
E_BLOB_BROKEN = A file of this is damaged and cannot be used. Make it again, and tell the operator, who should check the disk and restore a backup with `tintype restore`.
E_MASTER_KEY = The master key file is not the one that this data was encrypted with. Put the right file where TINTYPE_MASTER_KEY_FILE says, or restore it from the backup of the key.
E_TOO_MANY_JOBS = You already have { $count } of these waiting or running; { $most } at a time fit. The next is possible when one is done, about <t:{ $when }:R>; `/queue` shows them.
E_CLASS_WORD_FORM = “{ $class_word }” cannot be what it is a kind of. Write one or two ordinary words, such as dog or coffee mug.
E_PACK_BIG = The pack of <{ $word }> has { $size }, more than Discord takes here ({ $most }). `/words export` without `as` gives the weights alone, which fit.
E_EXPORT_BIG = <{ $word }> has { $size }, more than Discord takes here ({ $most }). Use `/words export` where it takes more, as on servers boosted to level 2 or 3, or learn the word again with a method that makes smaller files: textual inversion, or on most base models LoKr.
E_ALREADY_OVER = That job is over already, so there is nothing to stop. `/show` brings it back with working buttons.
E_NOT_STARTED = It has not begun to learn yet, so there is nothing to keep. Press *Cancel* to drop it.
E_PICTURE_GONE = These pictures were deleted. Start anew with `/imagine`.
E_FORGET_FOREIGN = That button is for another member's data. Use `/mydata` or `/forget` yourself.
E_POISON = This job stopped its engine { $attempts } times without getting anywhere, so it was given up. Your photos and words are kept. Try again with fewer photos or another way to learn, and tell the operator the job's number.
E_DATABASE_BROKEN = The database { $path } is damaged. It was left untouched. Stop Tintype, keep a copy of that file, and bring back the last backup with `tintype restore`.
E_DATABASE_NEWER = The database { $path } was made by a newer Tintype. Install that version again, or restore a backup from before it.
E_SETTING_VALUE = { $name } is “{ $value }”, but it must be { $wanted }. Change it in .env or in the environment.
E_SETTING_UNKNOWN = No setting is called { $name }.{ $nearest ->
    [none] {""}
   *[other] {" "}Did you mean { $nearest }?
} All settings stand in .env.example.
E_LEASE_LOST = This attempt is over: the job was cancelled, or another attempt has taken its place.
E_ENGINE_LOST = The engine stopped. It is started again by itself, and jobs go on from their last checkpoint.
E_ENGINE_START = The engine cannot be started: { $reason }. Install Tintype anew with `make run`; the log in the data folder says more.
E_RESULT_BROKEN = The engine's result is damaged (“{ $file }”), so nothing was kept of it. Try again; if it happens again, the operator should check memory and disk.
E_TOKEN = Discord does not accept this DISCORD_TOKEN. Open https://discord.com/developers/applications, choose your application, Bot, Reset Token, and put the new one into .env.
E_INTENTS = Discord refused the connection (code { $number }). Tintype asks for no privileged intents; check the application's settings at https://discord.com/developers/applications.
E_GATEWAY = Discord ended the connection for good (code { $number }). The log says more; start Tintype again, and check https://discordstatus.com if it happens again.
E_SANDBOX_PORT = The stand-in cannot listen on port { $port }: { $reason }. Set TINTYPE_SANDBOX_PORT to another one, or to 0 for any free one.
E_NO_SANDBOX = No stand-in answers at { $url }. Start one with `make run` in another terminal, without a DISCORD_TOKEN.
E_API_WITHOUT_TOKEN = DISCORD_API_URL is { $url }, but there is no DISCORD_TOKEN to log in with there. Set both, or neither.
E_STYLE_GONE = This style cannot be used here any more: it was withdrawn, or it is not shared in this place. `/styles browse` shows what there is now.
E_LIST_GONE = This list of styles is too old to turn its pages. Open it again with `/styles`.
E_REPORT_PICTURES_OWN = These are your own pictures. *Delete* removes them.
E_PICTURE_BACK = The person whom these pictures show took their agreement back, so they are not shown any more, and nothing is made from them.
E_HIDDEN = These pictures were reported, so they are kept from view until a moderator has looked at them. Make others with `/imagine`.
E_REPORT_MINE = This report is about something of yours, so another manager of this server decides.
E_QUOTA_TRAIN = This server's limit for you is trainings: { $most } within 24 hours, and that is used up. The next is possible <t:{ $when }:R>.
E_QUOTA_IMAGINE = This server's limit for you is pictures: { $most } within 24 hours, and { $left ->
    [0] that is used up
   *[other] { $left } of them are left
}. What you ask for is possible <t:{ $when }:R>{ $left ->
    [0] .
   *[other] , or { $left } now.
}
E_QUOTA_NONE = This server's limit for you is { $most } of these within 24 hours, and you ask for { $count }. Ask for fewer, or ask its managers.
E_QUOTA_MANY = A server can limit { $most } roles. Take a limit away first with `/studio limits lift:`.
E_REPORT_OWN = That is your own style. `/words share` changes it, `/words unshare` withdraws it.
E_LIKE_OWN = That is your own style. Likes come from others.
E_VERSION_GONE = That version of <{ $word }> was dropped by its owner, so nothing more can be made with it. *Edit prompt*, or <{ $word }> in a new prompt, takes today's version.
E_POINT_GONE = What was learned at that moment was kept for a week, and is gone now. Choose another row, or train a new version.
E_LAST_VERSION = This is the only version of the word that is left, so it cannot be dropped. `/words delete` deletes the word.
E_WORD_GONE = A word in these pictures was deleted, so no more can be made with it. Press *Edit prompt* and take it out.

E_LOCKED = { $folder } is in use by another Tintype (process { $pid }). Stop that one, or give this one a folder of its own with TINTYPE_DATA_DIR.

E_CONTROL = Tintype cannot be asked “{ $request }”. The command and the running Tintype are of different versions: start Tintype anew.
E_CONTROL_LOST = Tintype ended before it answered, so it is not known whether this was done. Look with `tintype doctor`, start it again, and repeat the command.

# --- doctor: each line says what is, and what to do if it is not well ---
doctor-ok = { "✓" } ok
doctor-warn = { "!" } look
doctor-fail = { "✗" } mend
doctor-healthy = All is well.
doctor-look = It works; { $count ->
    [one] one thing deserves
   *[other] { $count } things deserve
} a look.
doctor-sick = { $count ->
    [one] One thing is
   *[other] { $count } things are
} to be mended before Tintype can work.
doctor-python = Python
doctor-python-ok = Python { $version } with SQLite { $sqlite }.
doctor-python-old = Python { $version } is too old. Install Python 3.11 or newer, delete .venv and run `make run` again.
doctor-memory = Memory
doctor-memory-ok = { $free_mib } MiB are free.
doctor-memory-low = Only { $free_mib } MiB are free; training on the bundled base model takes up to { $need_mib }. End other programs if trainings fail for lack of memory.
doctor-disk = Disk
doctor-disk-ok = { $free_gb } GB are free.
doctor-inspector = Inspector
doctor-inspector-ok = The process that opens members' photos starts and works.
doctor-inspector-broken = The process that opens members' photos does not work ({ $code }), so no photo can be taken. Run `make run` again to repair the installation; on a small machine, free some memory.
doctor-heic = HEIC photos
doctor-heic-ok = iPhones' photos can be opened.
doctor-heic-missing = iPhones' HEIC photos cannot be opened; members are told to send JPEG. Install it with `.venv/bin/pip install pillow-heif`.
doctor-data = Data folder
doctor-data-ok = { $folder } is yours alone and can be written to.
doctor-data-new = { $folder } does not exist yet; the first start makes it.
doctor-data-open = Other users of this machine can look into { $folder }. Close it with `chmod -R go= { $folder }`.
doctor-data-read-only = { $folder } cannot be written to. Give it to the user that runs Tintype, with `chown`.
doctor-data-far = { $folder } is on a network disk ({ $kind }), where a database can be damaged. Set TINTYPE_DATA_DIR to a folder on a disk of this machine.
doctor-running = Tintype
doctor-running-no = Tintype is not running here.
doctor-running-yes = Tintype runs as process { $pid }. Jobs at work: { $running }, waiting: { $queued }.
doctor-unreadable = In { $count ->
    [one] one channel
   *[other] { $count } channels
} the bot lacks the permission Read Message History, so after a lost connection it cannot see whether a message arrived, and may post it twice: { $channels }. Give it back in the channel's settings.
doctor-keys = Master key
doctor-keys-ok = { $file } opens the members' keys. Keep a copy where the backups are not.
doctor-keys-new = { $file } does not exist yet; the first start makes it. Then keep a copy where the backups are not.
doctor-keys-open = Other users of this machine can read { $file }. Close it with `chmod 600 { $file }`.
doctor-keys-lost = { $file } is missing, and without it no photo, word or picture can be opened. Bring it back from your copy, or set TINTYPE_MASTER_KEY_FILE to where it is.
doctor-database = Database
doctor-database-ok = The database is whole, { $size }.
doctor-database-new = There is no database yet; the first start makes it.
doctor-model = Base model
doctor-model-ok = { $name } is here, { $size_mb } MB, licence { $licence }.
doctor-class-images = Pictures of { $words ->
    [one] one class word
   *[other] { $words } class words
} that trainings hold on to: { $size_mb } MB. `tintype-trainer models clear` deletes them.
doctor-model-folder = It is read from the folder { $folder }.
doctor-engine = Engine
doctor-engine-ok = It starts with { $title } on { $device } and knows { $methods ->
    [one] one way
   *[other] { $methods } ways
} to learn.
doctor-engine-loading = It is loading { $title }. Look again in a minute; the log says how far it is.
doctor-check = Output check
doctor-check-ok = { $name } looks at every picture before it can be posted.
doctor-check-off = It is OFF: no picture is looked at before it is posted. Set TINTYPE_OUTPUT_CHECK and TINTYPE_OUTPUT_CHECK_DIR (docs/operating.md), or rely on reports and managers.
doctor-fits = Training
doctor-fits-ok = A LoRA takes about { $need_mib } MiB here, computed.{ $savings }
doctor-fits-low = A LoRA takes about { $need_mib } MiB, computed, and that is more than there is.{ $savings } End other programs, or take a smaller base model.
saving = { $what ->
    [quantised] most of the base model is kept in eight bits
    [offloads] VAE and text encoders leave the graphics card between samples
    [is_8bit] AdamW keeps its moments in eight bits
    [is_checkpointing] activations are computed twice, which takes a third more time
    [batch_size] { $value } a step
    [side] pictures are { $percent } % as wide and as high
   *[other] { $what }
} (−{ $saved_mib } MiB)
savings = {" "}For that: { $savings }.
doctor-enlarging = Enlarging
doctor-enlarging-ok = { $name } draws enlargements.
doctor-enlarging-none = The base model draws enlargements. TINTYPE_UPSCALER may name a model for that (docs/operating.md).
doctor-previews = Previews
doctor-previews-ok = { $name } draws what a photo shows before it is learned.
doctor-previews-none = There are no previews before a training. TINTYPE_IMAGE_PROMPT may name an adapter for that (docs/operating.md).
doctor-token = Bot token
doctor-token-ok = DISCORD_TOKEN is set.
doctor-token-none = DISCORD_TOKEN is not set, so `make run` starts on a local stand-in. Make a bot at https://discord.com/developers/applications, and put its token into .env.
doctor-token-form = DISCORD_TOKEN does not look like a bot's token (three parts with dots between them). Copy it anew: https://discord.com/developers/applications, your application, Bot, Reset Token.
doctor-discord = Discord
doctor-discord-ok = Discord knows this bot as { $name }.
doctor-discord-refused = Discord refuses DISCORD_TOKEN. Make a new one: https://discord.com/developers/applications, your application, Bot, Reset Token; and put it into .env.
doctor-discord-away = { $url } cannot be reached: { $reason }. Check this machine's connection, its firewall, and https://discordstatus.com.
doctor-clock = Clock
doctor-clock-ok = This machine's clock agrees with Discord's.
doctor-clock-ahead = This machine's clock is { $seconds } s ahead of Discord's. Set it right with `timedatectl set-ntp true`.
doctor-clock-behind = This machine's clock is { $seconds } s behind Discord's. Set it right with `timedatectl set-ntp true`.
doctor-logins = Logins
doctor-logins-ok = { $left } of today's { $total } logins are left.
doctor-logins-few = Only { $left } of today's { $total } logins are left; at none Discord takes the token away. Find out what starts Tintype again and again.
doctor-servers = Server
doctor-servers-ok = On { $server } ({ $id }) it has all permissions it needs.
doctor-servers-none = The bot is on no server yet. Open the invite that `make run` prints.
doctor-servers-threads = On { $server } ({ $id }) it may not write in threads, so commands used there are refused. Allow “Send Messages in Threads” in the server's settings under Roles, if members want it.
doctor-servers-lacking = On { $server } ({ $id }) it lacks: { $lacking }. Open the invite that `make run` prints again, or allow these in the server's settings under Roles.

# --- the operator's commands ---
backup-made = The backup is in { $folder }: { $files ->
    [one] one file
   *[other] { $files } files
}, { $size }. Beside it, keys.json is written anew with every backup and every /forget: always keep the newest. The master key { $master_key } is in neither; keep a copy of it elsewhere.
restore-sandbox = That is where the stand-in keeps its data. To bring back a bot on Discord, put DISCORD_TOKEN into .env first; then { $folder } is filled.
restore-made = { $folder } holds what { $snapshot } held. { $forgotten ->
    [0] Nobody had asked to be forgotten since.
    [one] One member had asked to be forgotten since, and was.
   *[other] { $forgotten } members had asked to be forgotten since, and were.
}
guilds-allowed = { $guild } may use this Tintype.
guilds-waiting = { $guild } has the bot and may not use it yet: `tintype guilds allow { $guild }`
guilds-none = No server may use this Tintype yet. Invite the bot with the link that `make run` prints, then allow the server.
guilds-sandbox = This is the stand-in's folder { $folder }: there every server may use Tintype. With DISCORD_TOKEN set, this command is about your bot's servers.
blocks-line = { $member } is served in no server{ $until ->
    [none] {""}
   *[other] {" "}until { $until }
}{ $reason ->
    [none] .
   *[other] : { $reason }
}
blocks-none = Nobody is kept out of this Tintype. `tintype blocks add` keeps a member out of every server.
guilds-fixed = TINTYPE_GUILDS is set, so only these may use it, whatever was allowed here: { $guilds }.
E_NO_DATA = { $folder } holds no database, so there is nothing to back up. Set TINTYPE_DATA_DIR to the folder that Tintype runs on.
E_MASTER_KEY_GONE = The master key { $file } is missing. A backup does not hold it: put your copy there, or set TINTYPE_MASTER_KEY_FILE to where it is, and restore again.

# --- backups ---
E_BACKUP_BROKEN = The backup cannot be used: { $file } is missing or was changed since it was made. Nothing was restored. Take another snapshot, or bring that file back.
E_BACKUP_FOLDER = No backup can be put into { $folder }: { $reason }. Name another folder with `--to`, or make that one writable.
E_BACKUP_STOPPED = Tintype was stopped while the backup was being made, so nothing of it was kept. Make it again; Tintype need not run for it.
E_RESTORE_OVER = { $folder } already holds a database, and a restore never writes over one. Move that folder away, or set TINTYPE_DATA_DIR to an empty one.

# --- photos ---
E_FORMAT = “{ $photo }” is no photo that Tintype can open, whatever its name says. Send a JPEG, PNG, WebP, AVIF, GIF or HEIC file.
E_HEIC = “{ $photo }” is a HEIC photo, which this Tintype cannot open. Set your phone's camera to “Most Compatible” (iPhone: Settings, Camera, Formats), or send it as JPEG.
E_CORRUPT = “{ $photo }” is damaged and cannot be opened. Send it again, or save it anew as JPEG or PNG first.
E_TRUNCATED = “{ $photo }” is cut off: a part of the file is missing. Send it again, and let the upload finish.
E_BAD_METADATA = “{ $photo }” carries notes (metadata) so large or broken that it cannot be opened safely. Save it anew, or send a screenshot of it.
E_TOO_MANY_PIXELS = “{ $photo }” has { $width }×{ $height } px. At most 50 megapixels and 12,000 px a side can be opened. Send a smaller copy; 2,048 px are plenty.
E_BAD_SHAPE = “{ $photo }” has { $width }×{ $height } px, so it is more than { $most } times as long as wide. Crop it to the subject and send that.
E_TOO_SMALL = “{ $photo }” has { $width }×{ $height } px; its shorter side must have at least { $need } px here. Send a larger one, not an enlarged copy.
E_TOO_SLOW = “{ $photo }” takes too long to open. Save it anew as an ordinary JPEG or PNG and send that.
E_TOO_HEAVY = “{ $photo }” takes too much memory to open. Send a smaller copy; 2,048 px are plenty.
E_INSPECTOR = “{ $photo }” could not be looked at, because this Tintype could not start its inspector. Send it again in a minute; if that does not help, tell the operator.
E_ZIP_BAD = “{ $photo }” is no sound zip file, so nothing in it was opened. Pack the photos into a new zip, or send them one by one.
E_ZIP_MANY = “{ $photo }” holds more than { $most } files. Pack the best 20 photos into a zip and send that.
E_ZIP_TOO_BIG = “{ $photo }” would unpack to more than { $most_mb } MB, or far more than its size allows. Pack fewer photos into a zip, or send them one by one.
E_ZIP_ENCRYPTED = “{ $photo }” is protected by a password. Send a zip without one, or the photos one by one.
E_ZIP_EMPTY = There is no photo in “{ $photo }”. Pack JPEG, PNG, WebP, AVIF, GIF or HEIC files into it.
E_ZIP_NESTED = “{ $photo }” is a zip inside a zip, which is not opened. Send it by itself.
E_ZIP_MEMBER_BIG = “{ $photo }” has more than { $most_mb } MB. Send a smaller copy of it.
W_SMALL = Only { $width }×{ $height } px, below the { $need } px it learns at: details will be soft.
W_BLURRY = It looks blurred; a sharp photo teaches more.
W_DARK = It is very dark; one in daylight teaches more.
W_PALE = It is almost white; one with less light teaches more.
W_FLAT = There is hardly anything to see on it; leave it out, or hand in another.
W_ANIMATED = It moves; only its first picture is used.
W_DUPLICATE = It looks like photo { $other }; another view teaches more.
W_FACES = { $count } faces are in it; photos of one person alone teach more.
W_LEFT_OUT = It is not among the { $most } best, so it is left out.

# --- packs: the text of LICENCE.txt ---
pack-licence-here =
    This pack is its owner's own copy of the word “{ $name }”.
    Nobody else is given any permission by it. Ask { $credits } before you use it.
pack-licence-cc-by =
    The word “{ $name }” and pictures made with it may be shared and changed by anybody who gives credit to { $credits }.
    Creative Commons Attribution 4.0 International
    https://creativecommons.org/licenses/by/4.0/legalcode
pack-licence-cc-by-nc =
    The word “{ $name }” and pictures made with it may be shared and changed by anybody who gives credit to { $credits }, but not for business.
    Creative Commons Attribution-NonCommercial 4.0 International
    https://creativecommons.org/licenses/by-nc/4.0/legalcode
pack-licence-cc0 =
    The word “{ $name }” and pictures made with it may be used by anybody for anything.
    Creative Commons Zero 1.0 Universal
    https://creativecommons.org/publicdomain/zero/1.0/legalcode

# --- weights files ---
E_IMPORT_GONE = These weights do not wait any more: they were taken over, discarded, or waited longer than a day. Send the file again with `/words import`.
E_IMPORT_UNREAD = What a person agrees to did not stand above that button. Send the file again with `/words import`.
E_IMPORT_OTHER = The likeness of another member cannot be taken over from a file yet, so it was deleted. That member can take it over, or both of you begin with photos in `/train`.
E_IMPORT_BACK = The agreement to <{ $word }> was taken back, so its pictures are not shown and it cannot be enabled. *Discard* deletes it.
E_IMPORT_ENABLED = <{ $word }> is in use already. `/words delete` deletes it.
E_PACK_CARD = The card in “{ $file }” cannot be read: its entry “{ $entry }” is missing or is not what it should be. Export the pack again.
E_PACK_NEWER = “{ $file }” is a pack of a newer Tintype than this one. Ask its maker for the .safetensors in it, or the operator for an update.
E_PACK_SUMS = “{ $part }” in “{ $file }” is not what its checksum says, so the pack was damaged or changed on its way. Fetch it again.
E_EMBEDDING_FILE = “{ $file }” holds no embedding of one text encoder as AUTOMATIC1111 (`.pt`) or diffusers (`learned_embeds.bin`) save it. Save it as .safetensors where it was made, and send that.
E_PICKLE = “{ $file }” is a pickle file (.pt, .ckpt, .bin, .pkl), which can run any program when opened, so it was not; only hypernetworks and embeddings are read from one, by a reader that runs nothing. Save the weights as .safetensors where they were made (kohya, diffusers, AUTOMATIC1111 and OneTrainer can), or have https://huggingface.co/spaces/safetensors/convert do it on a machine that is not yours, and send that.
E_IMPORT_ZIP = “{ $file }” was not unpacked: it is no sound zip, has a password or a zip inside, or would unpack to far more than its size allows. Send the pack as `/words export` gave it, or the .safetensors by itself.
E_IMPORT_NOTHING = “{ $file }” holds no LoRA and no embedding, or several. Send a pack of Tintype, the folder that peft saved as a zip, or one .safetensors file.
E_IMPORT_BIG = The weights in “{ $file }” have more than { $most_mb } MB, which no word needs. Send a LoRA of a lower rank.
E_HYPERNETWORK = “{ $file }” is no hypernetwork that Tintype can draw with: its layers, its activation or its parts are not as AUTOMATIC1111 saves them. Save it there again, or train the word here.
E_IMPORT_KEY = “{ $file }” has a part named “{ $part }”, which is none of a LoRA's or an embedding's that Tintype can take over. Export it as an ordinary LoRA.
E_IMPORT_SCALES = “{ $file }” does not say how strong its layers are, so its numbers mean nothing by themselves. Send the whole folder that peft saved, adapter_config.json too, as a zip.
E_IMPORT_FLAT = Pictures with “{ $file }” come out black or in one colour, so it was not taken over. It is broken, or was made for another base model.
W_IMPORT_BASE = It was made with { $made_for }, another model of this family, so it may look a little different here.
W_IMPORT_SAME = Its first pictures are the same with it and without it. Perhaps it wants another trigger, or does nothing at all.
E_IMPORT_PEFT = In “{ $file }” the entry “{ $entry }” of adapter_config.json is missing, or says something that Tintype does not have. Send an ordinary LoRA.
E_WEIGHTS_BROKEN = The weights file “{ $file }” is damaged or cut off. Copy, fetch or train it again.
E_WEIGHTS_HEADER = “{ $file }” is no sound .safetensors file: its beginning cannot be read. Fetch or export it again.
E_WEIGHTS_TRUNCATED = “{ $file }” is cut off: a part of the weights is missing. Fetch or send it again, and let the upload finish.
E_WEIGHTS_MANY = “{ $file }” holds more than { $most } tensors, which no word's weights do. Send the file of a LoRA or an embedding.
E_WEIGHTS_SHAPE = The tensors of “{ $file }” do not fit its bytes: they overlap, leave gaps, or have impossible sizes. Export it again.
E_WEIGHTS_METADATA = “{ $file }” carries more than { $most_kib } KiB of notes (metadata). Export it again without them.
E_WEIGHTS_NAMES = “{ $file }” names its tensors in a way no LoRA or embedding does. Export it again with the program that made it.
E_WEIGHTS_INCOMPLETE = “{ $file }” holds only one half of some of its LoRA layers. Export it again.
E_WEIGHTS_BASE = “{ $file }” was made for { $made_for }; this Tintype runs { $base }. Send weights made for that, or train the word here.
E_WEIGHTS_NAN = The weights of “{ $word }” hold values that are no numbers or beyond all reason, so they would draw only noise. Train it again.
E_WEIGHTS_FOREIGN = These weights hold layers that no LoRA for this kind of base model has. Use a LoRA or an embedding made for it.
E_WRONG_BASE = These weights do not fit the base model { $base }; they were made for another one. Train the word again here.

# --- training ---
W_PROMPT_CUT = The prompt is longer than this base model can read: from “{ $rest }” on it had no effect. Put first what matters most.
W_NEGATIVE_CUT = The negative prompt is longer than this base model can read, so its end had no effect. Put first what matters most.
W_HELD_BACK = { $count ->
    [one] One picture was
   *[other] { $count } pictures were
} held back by the output check and { $count ->
    [one] is
   *[other] are
} not shown. Try another prompt.
W_SAMPLES_HELD = { $count ->
    [one] One sample was
   *[other] { $count } samples were
} held back by the output check; a tile stands in { $count ->
    [one] its
   *[other] their
} place. The word is learned all the same.
W_CAPTION_CUT = The caption of photo { $photo } is longer than this base model can read: from “{ $rest }” on it was not learned.
W_ENDED_EARLY = It began to run away at step { $step } and could not be caught, so this is the best of what it had learned before. If it looks wrong, leave out photos that are very unlike the others and train again.
W_MEMORY_BATCH = Memory was short, so { $step ->
    [0] it learned
   *[other] from step { $step } on it learned
} from { $now ->
    [one] one photo
   *[other] { $now } photos
} at a time instead of { $was }. That is a little less steady.
W_MEMORY_SIZE = Memory was short, so { $step ->
    [0] it learned
   *[other] from step { $step } on it learned
} from smaller pictures: { $now } px instead of { $was }. Fine details may be softer.
W_MEMORY_TWICE = Memory was short, so { $step ->
    [0] some things were
   *[other] from step { $step } on some things were
} computed twice instead of being kept. It took longer; what it learned is the same.
E_NO_SUCH_SETTING = This method has no setting “{ $setting }”. It has: { $known }.
E_SETTING_RANGE = “{ $value }” does not do for { $setting }. Give a number from { $low } to { $high }.
E_SETTING_CHOICE = “{ $value }” does not do for { $setting }. Give one of: { $known }.
E_OPTIMIZER_MISSING = The optimizer “{ $optimizer }” needs the package { $package }, which is not installed here. Install it, or take adamw.
E_OPTIMIZER_DEVICE = The optimizer “{ $optimizer }” computes on an NVIDIA graphics card alone. Take adamw or prodigy.
E_DIVERGED = The training ran away at step { $step } and could not be caught, even at a lower rate. Train again; if it happens again, leave out photos that are very unlike the others.
E_NO_FAMILY = “{ $base }” is no base model of a kind that Tintype knows. Take one made from Stable Diffusion 1.x, 2.x or XL, or from Z-Image.
E_PREDICTS = The base model “{ $base }” cannot be used: its network { $predicts ->
    [edm] is taught on EDM's scale of noise
    [sample] says what the picture is
   *[other] says something else ({ $predicts })
}, and Tintype knows those that say the noise or the velocity. Take one whose scheduler_config.json says epsilon or v_prediction and no sigma_data.
E_NO_DEVICE = There is no device “{ $device }” on this machine. Set TINTYPE_DEVICE to auto, cpu or cuda.

## The operator's terminal: tintype run
run-starting = Tintype is starting with the base model { $base }. Ctrl-C stops it.
run-sandbox = There is no DISCORD_TOKEN, so it runs on a stand-in for Discord on this machine, and keeps its data apart in { $folder }.
run-token =
    For the real Discord: 1. Create an application at https://discord.com/developers/applications.
    2. There, under Bot, press Reset Token and copy the token; no privileged intent is needed.
    3. Write DISCORD_TOKEN=<the token> into .env (see .env.example) and start again; it prints the invite.
run-try = Try it from another terminal: .venv/bin/tintype try --url { $url }
run-connected = Logged in as { $name }.
run-invite =
    Invite it with the permissions it uses and no others:
    { $url }
run-unreachable = Discord cannot be reached at { $url }; trying again in { $wait } s.
run-engine = The engine is awake: { $base } on { $device }, { $free_mib } of { $total_mib } MiB free.
run-fits = It has room to { $what ->
    [train] train
    [imagine] imagine
   *[other] { $what }
}: { $enough } (about { $need_mib } MiB, computed).{ $savings }
run-check = { $check ->
    [off] Output check: OFF. No picture is looked at before it is posted. docs/operating.md says how to have one.
   *[other] Output check: { $check } looks at every picture before it is posted.
}
run-stopped = Tintype has stopped. Nothing is lost; what was running goes on at the next start.

## The demo and the measurements
E_DEMO_FOLDER = { $folder } holds other files, so the demo does not write there. Name an empty folder with `--out`.
E_DEMO_BOT = The bot of the demo ended before it was asked to. { $log } says why.
E_DEMO_TRAINER = `tintype-trainer { $command }` failed in the demo ({ $reason }). Run it by itself to see its log.
E_DEMO_ANSWER = The bot answered the demo's member otherwise than expected: “{ $seen }”
E_SHORTENED = { $file } cannot be made as small as { $most }: only the layers of LoRAs can be shortened, and each of them keeps something. Allow more, or take the whole.
E_BENCH_FILE = The sitters or the list of pictures cannot be read ({ $reason }). Give the sitters.json of `tintype-trainer bench sitters` and a JSON list as `--help` describes it.
E_BENCH_SCRIPT = { $path } is no script that `bench train` can compare with ({ $reason }). Give `train_dreambooth_lora.py` or `textual_inversion.py` from the examples of the diffusers that is installed.
E_BENCH_METHOD = { $path } teaches { $method }, not { $asked }. Leave `--method` out, or give the script that goes with it.
E_BENCH_PYTHON = { $python } cannot be started ({ $reason }). Give `--reference-python` the path of a Python.
E_BENCH_MISSING = The reference script needs { $packages }, which { $python } does not have. Install that there (`pip install --no-deps` for torchvision keeps the torch that is there), or give the Python that has it with `--reference-python`.
E_BENCH_RUN = The { $side } training of `bench train` did not come to its end (exit code { $status }). What it said last stands here: “{ $reason }”.
