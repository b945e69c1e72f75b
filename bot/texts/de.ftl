### Jeder Satz, den ein Mitglied oder ein Betreiber liest, auf Deutsch; was wozu gehört, sagt en.ftl.
### Du-Form, kurz und freundlich: was geschah, warum, und was jetzt zu tun ist.
###
### Einheitliche Wörter
###   word Wort · photo Foto · picture Bild · sample Probe · sample sheet Probebogen · contact sheet Vergleichsbogen
###   learn, train lernen, trainieren · training Training · version Version · sample point Zwischenstand
###   checkpoint gesicherter Stand · learning curve Lernkurve · method Verfahren · weights Gewichte
###   base model Basismodell · class word, what it is a kind of Oberbegriff · strength Stärke · seed Startwert
###   prompt Prompt (so heißt auch die Option) · negative prompt „nicht im Bild“ · recipe Rezept · preset Vorlage
###   engine Maschine · machine Rechner · operator Betreiber · job Auftrag · queue Warteschlange
###   style Stil · share teilen, freigeben · licence Lizenz · pack Paket · checksum Prüfsumme · mix mischen
###   consent Einwilligung · agree zustimmen · take back zurücknehmen · receipt Quittung
###   report melden, Meldung · strike Verwarnung · block sperren · hold back zurückhalten · output check Bildprüfung
###   server Server · channel Kanal · direct message Direktnachricht · role Rolle · age-restricted altersbeschränkt
### Befehle und ihre Optionen heißen überall gleich und stehen deshalb englisch da. Auch was ein Basismodell lesen soll
### (Beispiele für Prompts, Oberbegriffe wie dog), bleibt englisch: anderes versteht es kaum.

# Kleine Wörter
span-seconds = etwa { $count } Sekunden
span-minutes = { $count ->
    [one] etwa eine Minute
   *[other] etwa { $count } Minuten
}
span-hours = { $count ->
    [one] etwa eine Stunde
   *[other] etwa { $count } Stunden
}
size-kb = { $count } KB
size-mb = { $count } MB
list-more = { $told }, { $part }
list-last = { $told } und { $part }
kind-person = eine Person
kind-animal = ein Tier
kind-object = ein Gegenstand
kind-style = ein Stil
yes = Ja
no = Nein

## Befehle
cmd-train = Aus deinen Fotos ein Wort lernen lassen
cmd-train-word = Das Wort: 3 bis 32 Buchstaben, Ziffern, - oder _, etwa ana-dog; oder eins von dir, noch einmal
cmd-train-kind = Was die Fotos zeigen
cmd-train-who = Wen die Fotos zeigen, wenn eine Person; ein anderes Mitglied muss erst zustimmen
cmd-train-member = Das andere Mitglied, das die Fotos zeigen
cmd-train-method = Wie es gelernt wird; lass es weg, und Tintype wählt
cmd-train-class = Der Oberbegriff auf Englisch: dog, cat, mug; lass ihn weg, und Tintype wählt
cmd-train-photo = Foto { $n } oder ein Zip mit Fotos. Ohne öffnet sich ein Formular
cmd-train-keep = Die Fotos nach dem Lernen für eine nächste Version behalten; sonst werden sie dann gelöscht
choice-keep-7 = 7 Tage
choice-keep-14 = 14 Tage
choice-keep-30 = 30 Tage
cmd-imagine = Bilder machen, mit deinen Wörtern darin
cmd-imagine-prompt = Was zu sehen sein soll, am besten auf Englisch; ein Wort als <name> oder <name:0.8>
cmd-imagine-word = Ein Wort, das ins Bild soll, wenn es nicht im Prompt steht
cmd-imagine-word2 = Ein zweites Wort, das ins Bild soll
cmd-imagine-count = Wie viele Bilder, 1 bis 4
cmd-imagine-seed = Gleicher Startwert und gleicher Prompt ergeben gleiche Bilder
cmd-imagine-negative = Was nicht zu sehen sein soll
cmd-imagine-shape = Das Format des Bildes
cmd-imagine-quality = Wie viel Arbeit hineingeht: schnell ist grob, fein dauert doppelt so lange
cmd-imagine-preset = Eine Vorlage von dir, angelegt mit /settings save
cmd-imagine-image = Ein Bild, von dem ausgegangen wird; es bleibt einen Tag
cmd-imagine-strength = Wie weit es sich von diesem Bild entfernt: 0.1 kaum, 1.0 ganz
cmd-edit = Mit Worten ändern, was ein Foto von dir zeigt; was sie nicht berühren, bleibt
cmd-edit-image = Das Foto; es bleibt einen Tag
cmd-edit-shows = Was das Foto zeigt, in einfachen Worten, am besten auf Englisch: a dog on a sofa
cmd-edit-prompt = Dasselbe mit dem, was anders sein soll: a dog with a hat on a sofa
cmd-edit-strength = Wie weit es sich vom Foto entfernen darf: 0.1 kaum, 1.0 ganz
cmd-edit-count = Wie viele Bilder, 1 bis 4; jedes entfernt sich weiter vom Foto
cmd-words = Die Wörter, die du beigebracht hast
cmd-words-mine = Deine Wörter auflisten
cmd-words-card = Ein Wort zeigen: Probebogen, Versionen und Zahlen
cmd-words-rename = Einem Wort einen anderen Namen geben
cmd-words-delete = Ein Wort mit seinen Gewichten und Fotos löschen
cmd-words-export = Die Gewichte eines Wortes holen: Dateien für andere Programme oder ein Paket für Tintype
cmd-words-import = Ein anderswo entstandenes Wort übernehmen: Paket, LoRA, Embedding oder Hypernetwork
cmd-words-file = Eine .tintype.zip, .safetensors, .pt (Hypernetwork, Embedding), oder der Ordner von peft als Zip
cmd-words-new = Wie es hier heißt; sonst wie die Datei es sagt oder heißt
cmd-words-kind = Was es zeigt; sonst wie die Datei es sagt
cmd-words-class = Der Oberbegriff auf Englisch, etwa dog
cmd-words-trigger = Was man dafür in anderen Programmen schreibt; sonst wie die Datei es sagt
cmd-words-as = Dateien für andere Programme (sonst), oder ein Paket mit Karte, Proben, Lizenz und Prüfsummen
cmd-words-pack-licence = Was andere mit dem Paket dürfen; sonst: wie das Wort geteilt ist, oder nur hier benutzen
cmd-words-credit = Der Name, unter dem das Paket dich nennt; sonst keiner
cmd-words-word = Eins deiner Wörter
cmd-words-name = Der neue Name: 3 bis 32 Buchstaben, Ziffern, - oder _
cmd-words-share = Andere eins deiner Wörter benutzen lassen
cmd-words-unshare = Andere eins deiner Wörter nicht mehr benutzen lassen
cmd-words-with = Mit wem; das Wort einer Person immer nur mit einem einzelnen Mitglied
cmd-words-without = Mit wem nicht mehr; lass es weg für alle
cmd-words-member = Das Mitglied
cmd-words-role = Die Rolle
cmd-words-licence = Was andere mit Bildern daraus dürfen; sonst: nur hier benutzen
cmd-words-mixing = Womit andere es mischen dürfen, oder ob sie dich erst fragen; sonst: mit allem
cmd-words-about = Was andere darüber wissen sollen; steht in /styles
choice-with-member = Ein Mitglied
choice-with-role = Eine Rolle
choice-with-server = Dieser Server
choice-with-everybody = Alle Server dieses Bots
choice-licence-here = Nur hier benutzen
choice-licence-cc-by = CC BY 4.0
choice-licence-cc-by-nc = CC BY-NC 4.0
choice-licence-cc0 = CC0
choice-as-files = Dateien für andere Programme
choice-as-pack = Ein Paket für ein anderes Tintype
choice-mixing-free = Mit allem
choice-mixing-no-people = Nicht mit Personen
choice-mixing-ask = Mich jedes Mal zuerst fragen
cmd-styles = Stile, die andere teilen
cmd-styles-browse = Alle Stile, die du hier benutzen darfst, nach Namen
cmd-styles-kind = Nur, was das zeigt
cmd-styles-search = Einen Stil suchen: nach Namen, Art oder dem, was darüber gesagt ist
cmd-styles-text = Ein Teil davon; alle Teile müssen vorkommen
cmd-styles-top = Die beliebtesten Stile
cmd-styles-new = Die neuesten Stile
cmd-styles-random = Stile in zufälliger Folge
cmd-queue = Was gerade gemacht wird und was wartet
cmd-show = Einen früheren Auftrag oder wartende Fotos wieder zeigen, mit Knöpfen, die gehen
cmd-show-job = Seine Kennung oder die eines Bildes; lass sie weg für das Letzte
cmd-show-public = In diesem Kanal für alle; sonst siehst nur du es
cmd-favourites = Die Bilder, denen du einen Stern gegeben hast
cmd-settings = Was /imagine nimmt, wenn du eine Option weglässt
cmd-settings-show = Deine Einstellungen und Vorlagen zeigen und ändern
cmd-settings-save = Optionen unter einem Namen behalten, für /imagine preset:
cmd-settings-drop = Eine Vorlage löschen
cmd-settings-name = Der Name der Vorlage
cmd-settings-prompt = Steht am Ende jedes Prompts: in watercolour, soft light
cmd-studio = Im Studio dieses Servers Ordnung halten
cmd-studio-setup = Wer hier beibringen und zeichnen darf, wo, wie lange etwas bleibt, was ich in Kanälen darf
cmd-studio-channel = Die Regeln dieses Kanals und meine Rechte dort; lass ihn weg für den ganzen Server
cmd-studio-block = Dieses Mitglied sperren, ohne Meldung
cmd-studio-reason = Warum; die Verwaltung liest es in dieser Liste
cmd-studio-days = Für wie viele Tage; lass es weg, bis du es wieder einlässt
cmd-studio-unblock = Dieses Mitglied wieder einlassen
cmd-studio-at-once = Aufträge einer Art, die jedes Mitglied zugleich warten oder laufen lassen darf
cmd-studio-reports = Was Mitglieder gemeldet haben: behalten, entfernen, verwarnen, sperren
cmd-studio-audit = Wer hier was entschieden hat
cmd-studio-limits = Wie viel Mitglieder in 24 Stunden verlangen dürfen
cmd-studio-trainings = Trainings je Mitglied in 24 Stunden; 0 für keine
cmd-studio-pictures = Bilder je Mitglied in 24 Stunden; 0 für keine
cmd-studio-role = Nur für Mitglieder mit dieser Rolle; lass sie weg für alle
cmd-studio-lift = Die Grenzen dieser Rolle, oder die für alle, aufheben
cmd-studio-filter = Was Mitglieder auf diesem Server nicht schreiben dürfen
cmd-studio-filter-add = Ein Wort oder Muster ablehnen: in Prompts, Namen von Wörtern und Texten zu Stilen
cmd-studio-filter-text = Ein Wort, katze* für alle Endungen, mehrere Wörter in Folge oder ein Muster
cmd-studio-filter-kind = Wie es zu lesen ist; lass es weg für ein Wort
cmd-studio-filter-remove = Ein Wort oder Muster nicht mehr ablehnen
cmd-studio-filter-gone = Das Wort oder Muster, wie /studio filter list es zeigt
cmd-studio-filter-list = Auflisten, was der Filter ablehnt
cmd-studio-filter-test = Ausprobieren, ob der Filter einen Text ablehnen würde
cmd-studio-filter-try = Ein Text, wie ein Mitglied ihn schreiben könnte
cmd-privacy = Was Tintype sieht, was es behält und was es nie tut
cmd-mydata = Alles holen, was Tintype über dich aufbewahrt
cmd-forget = Deine Daten endgültig löschen, mit Quittung
cmd-forget-word = Nur dieses Wort; lass es weg für alles
cmd-help = Was Tintype kann, in einer Minute
choice-person = Eine Person
choice-animal = Ein Tier
choice-object = Ein Gegenstand
choice-style = Ein Stil
shown-person = Personen
shown-animal = Tiere
shown-object = Gegenstände
shown-style = Zeichenstile
choice-square = Quadrat
choice-portrait = Hochformat
choice-landscape = Querformat
choice-fast = Schnell
choice-normal = Normal
choice-fine = Fein
choice-filter-word = ein Wort
choice-filter-regex = ein Muster (RE2)

## Wer welchen Befehl benutzen darf
may-train = Alle auf einem freigegebenen Server; eine Person wird nur gelernt, wenn zugestimmt hat, wen die Fotos zeigen.
may-imagine = Alle auf einem freigegebenen Server, mit den Wörtern, die sie dort benutzen dürfen.
may-edit = Wer `/imagine` benutzen darf; nicht in altersbeschränkten Kanälen, denn niemand weiß, wen ein Foto zeigt.
may-words-mine = Alle; man sieht die eigenen.
may-words-card = Alle, für die Wörter, die sie dort benutzen dürfen; Versionen und Freigaben nur, wem das Wort gehört.
may-words-rename = Wem das Wort gehört.
may-words-delete = Wem das Wort gehört.
may-words-export = Wem das Wort gehört.
may-words-import = Wer trainieren darf; das einer Person nur sie selbst.
may-words-share = Wem das Wort gehört; das einer Person nur mit einzelnen Mitgliedern.
may-words-unshare = Wem das Wort gehört.
may-styles-browse = Alle, für die Stile, die sie dort benutzen dürfen.
may-styles-search = Alle, für die Stile, die sie dort benutzen dürfen.
may-styles-top = Alle, für die Stile, die sie dort benutzen dürfen.
may-styles-new = Alle, für die Stile, die sie dort benutzen dürfen.
may-styles-random = Alle, für die Stile, die sie dort benutzen dürfen.
may-queue = Alle; von Aufträgen anderer nur, dass es sie gibt.
may-show = Wem der Auftrag gehört; Bilder ohne Personen auch Mitglieder des Servers, auf dem sie entstanden. Für alle zeigen kann sie nur, wem sie gehören.
may-favourites = Alle; man sieht die eigenen, soweit man das Bild noch sehen darf.
may-settings-show = Alle, für sich selbst.
may-settings-save = Alle, für sich selbst.
may-settings-drop = Alle, für sich selbst.
may-studio-setup = Mitglieder, die den Server verwalten dürfen.
may-studio-reports = Mitglieder, die den Server verwalten dürfen.
may-studio-audit = Mitglieder, die den Server verwalten dürfen.
may-studio-limits = Mitglieder, die den Server verwalten dürfen.
may-studio-filter-add = Mitglieder, die den Server verwalten dürfen.
may-studio-filter-remove = Mitglieder, die den Server verwalten dürfen.
may-studio-filter-list = Mitglieder, die den Server verwalten dürfen.
may-studio-filter-test = Mitglieder, die den Server verwalten dürfen.
may-privacy = Alle.
may-mydata = Alle, für sich selbst.
may-forget = Alle, für sich selbst.
may-help = Alle.

## Knöpfe
btn-train = Trainieren
btn-remove = { $n } entfernen
btn-add = Fotos hinzufügen
btn-keep-photos = Fotos behalten: { $days ->
    [0] nein
   *[other] { $days } Tage
}
btn-drop-photos = Meine Fotos jetzt löschen
btn-drop-photos-of = Fotos von <{ $word }> löschen
btn-next-version = Neue Version trainieren
btn-compare = Vergleichen
btn-choose = { $is_chosen ->
    [yes] ✔ { $row } · { $strength }
   *[no] { $row } · { $strength }
}
btn-use-version = Version { $n } nehmen
btn-drop-version = { $n } löschen
btn-drop-yes = Version { $n } endgültig löschen
btn-discard = Abbrechen
btn-word = Wort und Art
btn-earlier = Fotos davor
btn-later = Weitere Fotos
btn-cancel = Abbrechen
btn-keep = Beenden und Bestes behalten
btn-show-me = Zeig es mir
btn-preview = Vorschau
btn-try = Ausprobieren
btn-again-train = Neu trainieren
btn-enlarge = { $n } vergrößern
btn-vary = { $n } abwandeln (leicht)
btn-vary-strong = { $n } abwandeln (stark)
btn-star = ★ { $n }
btn-again = Noch einmal
btn-edit = Prompt ändern
btn-delete = Löschen
btn-delete-theirs = Endgültig löschen
btn-recipe = Rezept
btn-delete-yes = <{ $word }> endgültig löschen
btn-unshare = Mit niemandem mehr teilen
btn-take-back = <{ $word }> zurücknehmen
btn-forget-yes = Alles endgültig löschen
btn-recall = { $n } zeigen
btn-unstar = { $n } entfernen
btn-set-negative = Nie zeigen …
btn-set-spoiler = Meine Bilder verdecken: { $state }
btn-set-ping = Bescheid geben, wenn fertig: { $state }
btn-set-asked = Andere dürfen mich fragen: { $state }
btn-set-prompt = Prompt in die Dateien: { $state }
btn-style = Karte
btn-like = Gefällt mir
btn-liked = Gefällt dir
btn-report = Melden
btn-keep-reported = Behalten
btn-remove-reported = Entfernen
btn-strike = Entfernen und verwarnen
btn-block = Mitglied sperren
btn-removed = Entfernte Stile ({ $count })
btn-readmit = Wieder zulassen
btn-reports = Meldungen
btn-unblock = { $n } entsperren
btn-setup-people = Personen lernen: { $state }
btn-setup-pictures = Bilder: { $state }
btn-setup-training = Lernen: { $state }
btn-setup-enlarge = Vergrößern: { $state }
btn-setup-spoiler = Alles verdeckt: { $state }
btn-import-agree = Das bin ich, und ich stimme zu
btn-import-other = Es zeigt jemand anderen
btn-import-discard = Verwerfen
btn-look = Ansehen
btn-enable = Einschalten
btn-look-again = Noch einmal ansehen
btn-back = ‹ Zurück
btn-next = Weiter ›
btn-page = Seite { $n } von { $pages }
btn-agree-train = Ich stimme zu: trainieren
btn-download = { $count ->
    [one] Herunterladen
   *[other] Teil { $n } herunterladen
}

## Formulare
modal-train = Ein Wort lernen lassen
modal-next = Eine neue Version von <{ $word }>
modal-word = Wort
modal-word-help = 3 bis 32 Buchstaben, Ziffern, - oder _, vorn ein Buchstabe. Du schreibst es dann als <wort>.
modal-kind = Was zeigen die Fotos?
modal-kind-style-help = Verschiedenes, alles auf eine Art gezeichnet oder gemalt
modal-class = Oberbegriff
modal-class-help = Ein gewöhnliches englisches Wort, etwa dog oder mug. Lass es leer, und Tintype wählt.
modal-photos = Fotos
modal-photos-help = 5 bis 20 Fotos von einem Motiv, von verschiedenen Seiten. Ein Zip geht auch.
modal-more-photos = Weitere Fotos
modal-more-photos-help = Falls ein Feld nicht reicht.
modal-consent = Nur für Fotos einer Person
modal-consent-help = Ich bin die Person auf den Fotos, bin mindestens 18, und Tintype darf mein Aussehen lernen.
modal-add = Fotos hinzufügen
modal-rename = Wort und Art
modal-try = <{ $word }> ausprobieren
modal-edit = Den Prompt ändern
try-prompt = <{ $word }> on the beach
modal-report = <{ $word }> melden
modal-report-pictures = Diese Bilder melden
modal-days = Für wie viele Tage
modal-days-help = 1 bis 365. Leer heißt: bis du das Mitglied wieder einlässt.
modal-why = Warum
modal-why-help = Das steht in der Liste der Gesperrten, für alle, die diesen Server verwalten.
modal-reason = Was stimmt damit nicht?
modal-reason-help = Die Moderation dieses Servers liest das. Wem es gehört, erfährt nicht, wer es schrieb.
modal-prompt = Prompt
modal-prompt-help = Was zu sehen sein soll, am besten auf Englisch. Ein Wort von dir: <name> oder <name:0.8>.
modal-negative = Nicht im Bild
modal-negative-help = Gilt immer, wenn du `negative:` weglässt. Leer heißt: nichts.

## Fragen an Mitglieder
choice-who-me = Mich
choice-who-member = Ein anderes Mitglied
btn-ask-sitter = Fragen
btn-see-photos = Zeig mir die Fotos
btn-agree = Ich stimme zu
btn-decline = Nein
btn-withdraw = Frage zurücknehmen
btn-allow-once = Einmal erlauben
btn-allow-always = Immer
btn-mean = { $n } · { $whose ->
    [mine] von dir
    [named] { $owner }
   *[nobody] anderes Mitglied
} · { $class_word }
sitting-ask = { $where ->
    [alone] ## Darf das gelernt werden?
   *[channel] ## { $person }, darf das gelernt werden?
}
    { $where ->
    [alone] **{ $asker }** hat
   *[channel] { $asker } hat
} nach eigenen Worten { $photos ->
    [one] ein Foto von dir und fragt, ob Tintype daraus
   *[other] { $photos } Fotos von dir und fragt, ob Tintype daraus
} dein Aussehen lernen darf, als das Wort **<{ $word }>** auf { $server }. Gelernt wird erst, wenn du auf *Ich stimme zu* drückst. *Zeig mir die Fotos* zeigt sie nur dir.

    Ohne Antwort endet die Frage <t:{ $until }:R>. Nach einem *Nein* werden die Fotos gelöscht, und dieses Mitglied fragt dich 30 Tage lang nicht wieder.
sitting-means = *Ich stimme zu* heißt: { $text }
sitting-over = { $state ->
    [yes] **Du hast zugestimmt.** Tintype lernt dein Aussehen als <{ $word }>. Willst du das zurücknehmen, gib irgendwann `/privacy` ein: Von da an kann niemand es benutzen.
    [no] **Du hast Nein gesagt.** Es wurde nichts gelernt, und die Fotos sind gelöscht. Dieses Mitglied fragt dich 30 Tage lang nicht wieder. Willst du so etwas nie gefragt werden, hat `/settings show` einen Knopf dafür.
    [expired] **Diese Frage endete ohne Antwort.** Es wurde nichts gelernt.
    [revoked] **Du hast deine Einwilligung zurückgenommen.** Niemand kann <{ $word }> mehr benutzen, und dieses Mitglied fragt dich 30 Tage lang nicht wieder.
    [channel] Diese Frage ist erledigt.
   *[other] **Diese Frage wurde zurückgenommen, oder worum es ging, wurde gelöscht.** Es wurde nichts gelernt.
}
sitting-not-begun = Das Training hat noch nicht begonnen: Wer dich gefragt hat, muss erst noch etwas klären und weiß, was.
sitting-alt = Foto { $n } von { $total }, das vielleicht dich zeigt
sitting-photos = { $total ->
    [one] **Aus einem Foto würde gelernt.**
   *[other] **Aus { $total } Fotos würde gelernt.**
} Nur du siehst das. Antworte mit *Ich stimme zu* oder *Nein* unter der Frage.
sitting-yes = { $where ->
    [alone] **{ $person } hat zugestimmt.**{ $is_begun ->
        [yes] {" "}Das Training von <{ $word }> ist eingereiht; seine Karte ist in dem Kanal, in dem du gefragt hast. Was mit dem Wort entsteht, darf { $person } sehen, und nur mit { $person } lässt es sich teilen.
       *[no] {" "}Das Training von <{ $word }> konnte aber nicht beginnen:
    }
   *[channel] **{ $asker }:** Das Mitglied, das du gefragt hast, hat zugestimmt.{ $is_begun ->
        [yes] {" "}Das Training ist eingereiht.
       *[no] {" "}Das Training konnte aber nicht beginnen:
    }
}
sitting-begin-later = { $trouble } `/train` mit dem Wort holt auf dem Server die Fotos zurück; drück dort auf *Trainieren*, wenn das geklärt ist. Gefragt wird niemand noch einmal.
sitting-no = { $where ->
    [alone] **{ $person } möchte das nicht.** Unter <{ $word }> wurde nichts gelernt, und die Fotos sind gelöscht. Dazu darf jeder Nein sagen, ohne Grund; bitte dräng nicht.
   *[channel] **{ $asker }:** Eine Frage von dir wurde mit Nein beantwortet. Es wurde nichts gelernt, und die Fotos sind gelöscht. Dazu darf jeder Nein sagen, ohne Grund.
}
sitting-expired = { $where ->
    [alone] **{ $person } hat eine Woche lang nicht geantwortet;** die Frage ist damit erledigt, und unter <{ $word }> wurde nichts gelernt. Die Fotos bleiben noch einen Tag; `/train` mit dem Wort holt sie auf dem Server zurück.
   *[channel] **{ $asker }:** Eine Frage von dir wurde eine Woche lang nicht beantwortet und ist damit erledigt. Es wurde nichts gelernt.
}
sitting-unreachable = { $where ->
    [alone] **{ $person } war nicht zu erreichen:** Direktnachrichten nimmt das Mitglied nicht an, und wo du gefragt hast, darf Tintype nichts schreiben. Frag, wo es das darf, oder bitte { $person }, Direktnachrichten zuzulassen; `/train` mit dem Wort <{ $word }> holt die Fotos zurück.
   *[channel] **{ $asker }:** Das Mitglied, das du gefragt hast, war nicht zu erreichen.
}
sitting-withdrawn = { $where ->
    [alone] **{ $word ->
        [none] Eine Frage von dir
       *[other] Die Frage nach <{ $word }>
    } ist erledigt:** { $why ->
        [person-left] { $person } ist nicht mehr auf dem Server.
        [asker-left] du bist nicht mehr auf dem Server.
       *[gone] worum es ging oder wer gefragt war, gibt es nicht mehr.
    } Es wurde nichts gelernt.
   *[channel] **{ $asker }:** Eine Frage von dir ist erledigt, weil es nicht mehr gibt, was sie brauchte. Es wurde nichts gelernt.
}
sitting-revoked = { $where ->
    [alone] **{ $person ->
        [none] Das Mitglied, das <{ $word }> zeigt,
       *[other] { $person }
    } hat die Einwilligung zurückgenommen.** { $word ->
        [none] Das Wort dafür
       *[other] <{ $word }>
    } wird ab jetzt überall abgelehnt; was gerade damit entstand, ist abgebrochen, geteilt ist es mit niemandem mehr, und Bilder damit werden nicht mehr gezeigt. Das ist ein gutes Recht und braucht keinen Grund. `/words delete` löscht, was übrig ist.
   *[channel] **{ $asker }:** Eine Einwilligung, die ein Wort von dir braucht, wurde zurückgenommen; das Wort wird ab jetzt abgelehnt.
}
sitting-waits = **{ $person } wird gefragt,** ob <{ $word }> gelernt werden darf. Gelernt wird erst, wenn dort auf *Ich stimme zu* gedrückt wird; dann beginnt das Training von selbst. Ohne Antwort endet die Frage <t:{ $until }:R>. Bis dahin bleiben die Fotos, wie sie sind; willst du sie ändern, nimm die Frage zurück.
question-taken-back = Du hast die Frage zurückgenommen. Niemand wird mehr gefragt.

## Mehrere Wörter eines Namens, und die Erlaubnis, ein Wort zu benutzen
somebody = ein anderes Mitglied
choice-title = **Welches <{ $name }> meinst du?** Mehr als ein Mitglied lässt dich ein Wort mit diesem Namen benutzen. Eingereiht wird erst, wenn du gewählt hast; nur du siehst das hier.
choice-line = { $n }. { $whose ->
    [mine] von dir
    [named] von { $owner }
   *[nobody] von einem anderen Mitglied
}: { $kind }, *{ $class_word }* (Version { $version })
choice-more = … und { $count } weitere: `/styles search` findet sie, und *Ausprobieren* dort nimmt genau dieses.
leave-ask = { $where ->
    [alone] **{ $asker } möchte dein Wort <{ $word }> in einem Bild benutzen.** Du wirst zuerst gefragt.
   *[channel] **{ $owner }: { $asker } möchte dein Wort <{ $word }> hier in einem Bild benutzen.** Nur du kannst antworten.
}
leave-people = In dem Bild ist noch eine Person, deshalb müssen es alle erlauben, die darauf zu sehen sind.
leave-prompt = Der Prompt: { $prompt }
leave-until = *Einmal erlauben* gilt nur für diesen Prompt. Mit *Immer* darf { $asker } es von da an ohne Frage benutzen; `/words unshare` nimmt das zurück. Gezeichnet wird nichts, bevor du antwortest, und auch nicht, wenn du es bis <t:{ $until }:R> nicht getan hast.
leave-over = { $state ->
    [yes] Du hast { $asker } erlaubt, <{ $word }> einmal zu benutzen.
    [always] Du hast { $asker } erlaubt, <{ $word }> ohne Frage zu benutzen. `/words unshare` mit diesem Mitglied nimmt das zurück.
    [closed] Du hast { $asker } erlaubt, <{ $word }> ohne Frage zu benutzen, aber das geht nicht: Es steht diesem Mitglied jetzt nicht offen. Sobald es das wieder tut, gilt deine Erlaubnis; `/words unshare` mit diesem Mitglied nimmt sie zurück.
    [no] Du hast { $asker } nicht erlaubt, <{ $word }> zu benutzen. Es wird nichts gezeichnet. Willst du so etwas nie gefragt werden, hat `/settings show` einen Knopf dafür.
    [expired] { $asker } wollte <{ $word }> benutzen; niemand hat rechtzeitig geantwortet, deshalb wird nichts gezeichnet.
    [revoked] Du hast zurückgenommen, dass { $asker } <{ $word }> ohne Frage benutzen darf.
    [channel] { $asker } wollte ein Wort in einem Bild benutzen. Diese Frage ist erledigt.
   *[other] { $asker } wollte <{ $word }> benutzen. Das ist erledigt, und es ist nichts mehr zu beantworten.
}
leave-nothing = Daraus wurde nichts: Diese Bilder werden nicht gezeichnet, und { $asker } weiß, warum.{ $stands ->
    [yes] {" "}Was du erlaubt hast, gilt für das nächste Mal weiter.
   *[no] {" "}Du musst nichts tun.
}
leave-asked = **Bevor das gezeichnet wird, muss es erlauben, wem das Wort gehört.** Gefragt bis <t:{ $until }:R>:
leave-asked-line = · { $owner }, wegen <{ $word }>
leave-asked-then = Dein Prompt ist dabei zu lesen. Bei einem Ja werden die Bilder eingereiht und erscheinen in diesem Kanal; du erfährst es so oder so. Hier musst du nicht warten.
leave-yes = { $came ->
    [queued] { $owner } hat dir <{ $word }> erlaubt. Deine Bilder sind eingereiht und erscheinen dort, wo du sie haben wolltest.
    [waits] { $owner } hat dir <{ $word }> erlaubt. Deine Bilder warten noch auf { $waits }.
   *[trouble] { $owner } hat dir <{ $word }> erlaubt, aber deine Bilder konnten nicht eingereiht werden: { $trouble }
}
leave-no = { $owner } hat <{ $word }> für deine Bilder nicht erlaubt. Es wird nichts gezeichnet.
leave-expired = { $owner } hat wegen <{ $word }> in 24 Stunden nicht geantwortet. Es wird nichts gezeichnet; du kannst wieder fragen.
leave-unreachable = { $owner } konnte wegen <{ $word }> nicht gefragt werden: Direktnachrichten von diesem Server sind für Tintype geschlossen. Es wird nichts gezeichnet.
leave-withdrawn = { $word ->
    [none] Das Wort, nach dem du gefragt hast,
   *[other] <{ $word }>
} wurde gelöscht, bevor jemand geantwortet hat. Es wird nichts gezeichnet.
leave-channel = { $asker }: { $came ->
    [queued] Das Wort darf benutzt werden, und deine Bilder sind eingereiht.
   *[none] Es gibt Neues zu dem Wort, nach dem du gefragt hast; gezeichnet ist noch nichts. Lass Direktnachrichten von Mitgliedern dieses Servers zu, dann erfährst du mehr, oder schick den Prompt noch einmal.
}
leave-revoked = { $owner } möchte wieder gefragt werden, bevor du <{ $word }> benutzt. Was du gezeichnet hast, bleibt.

## Einwilligung. Ein anderer Wortlaut ist eine neue Version: siehe bot/consent.py
consent-member-1 = Ich bin die Person auf diesen Fotos. Ich bin mindestens 18 Jahre alt. Ich stimme zu, dass Tintype daraus mein Aussehen lernt, als ein Wort des Mitglieds, das mich fragt. Dieses Mitglied darf damit Bilder von mir machen und das Wort mit mir und mit niemandem sonst teilen. Ich kann das jederzeit mit /privacy zurücknehmen: Von da an kann niemand das Wort benutzen, und Bilder damit werden nicht mehr gezeigt.
consent-2 = Ich bin die Person auf diesen Fotos. Ich bin mindestens 18 Jahre alt. Ich stimme zu, dass Tintype daraus mein Aussehen lernt, für ein eigenes Wort von mir. Nur ich kann es benutzen und einzelne Mitglieder, mit denen ich es teile. Ich kann das jederzeit zurücknehmen: mit /privacy, dann kann von da an niemand das Wort benutzen, und Bilder damit sieht niemand außer mir; mit /forget, dann werden das Wort, die Fotos und die Bilder gelöscht.
consent-1 = Ich bin die Person auf diesen Fotos. Ich bin mindestens 18 Jahre alt. Ich stimme zu, dass Tintype daraus mein Aussehen lernt, für mein eigenes Wort, das nur ich benutzen kann. Ich kann das jederzeit mit /forget zurücknehmen; dann werden das Wort, die Fotos und die Bilder gelöscht.

## Bericht über die Fotos
report-title = { $word ->
    [none] ## Fotos, noch ohne Wort
   *[other] ## Fotos für <{ $word }>
}
report-counts = { $good ->
    [0] Noch kein brauchbares Foto.
    [one] Ein brauchbares Foto.
   *[other] { $good } brauchbare Fotos.
}{ $kind ->
    [none] {""}
   *[other] {" "}Gelernt wird **{ $kind }**{ $class_word ->
        [none] {""}
       *[other] , Oberbegriff *{ $class_word }*
    }.
}
report-page = Fotos { $first }–{ $last } von { $total }.
report-line-good = **{ $n }** ✔ { $name } · { $width }×{ $height }{ $seen }
report-line-warn = **{ $n }** ⚠ { $name } · { $width }×{ $height }{ $seen } – { $remarks }
report-covers = {" "}· das Motiv füllt { $covers } %{ $closer ->
    [none] {""}
   *[other] , wird auch enger beschnitten, auf { $closer } %
}
report-rejected-title = **Nicht angenommen:**
report-rejected-more = … und { $count } weitere.
report-few = **{ $have } von mindestens { $need } Fotos.** Füge noch { $missing } hinzu; am besten von verschiedenen Seiten und in verschiedenem Licht.
report-warn-few = Mit { $have } Fotos wird die Ähnlichkeit grob; 5 bis 20 sind am besten.{ $is_ready ->
    [yes] {" "}Trainieren kannst du trotzdem.
   *[no] {""}
}
report-many = { $total } Fotos sind mehr als { $most }. Die { $most } besten werden genommen; entferne welche, wenn du andere willst.
report-consent = Wer auf **{ $button }** drückt, sagt damit: { $text }
report-word-trouble = **Das Wort:** { $trouble } Drück dafür auf *Wort und Art*.
report-class-trouble = **Der Oberbegriff:** { $trouble } Drück dafür auf *Wort und Art*.
report-method = Verfahren: { $method }
report-method-trouble = **Das Verfahren:** { $trouble } Das Menü unten ändert es.
report-kind-ask = **Was zeigen die Fotos?** Wähl es unten aus, dann *Trainieren*.
report-sitter = **Diese Fotos zeigen <@{ $person }>, deshalb wird erst nach der Zustimmung gelernt.** *{ $button }* schickt die Frage dorthin, und die Fotos nur dorthin; mit *Ich stimme zu* beginnt dann das Training. Zugestimmt würde dem: { $text }
report-sitter-agreed = <@{ $person }> hat dem <t:{ $when }:R> zugestimmt, für diese Fotos: { $text }
report-agreed = Du hast im Formular zugestimmt: { $text }
report-agreed-before = Dem hast du <t:{ $when }:R> zugestimmt, für eine frühere Version des Wortes: { $text }
report-next = **<{ $word }> ist schon ein Wort von dir: Daraus wird seine nächste Version.** Was du hast, bleibt, bis du es löschst. Zeigen diese Fotos etwas anderes, dann drück auf *Wort und Art* und nimm ein anderes Wort.
report-kept = Verschlüsselt aufbewahrt, nur hierfür, bis das Wort gelernt ist{ $days ->
    [0] {""}
   *[other] , und { $days } Tage länger für eine nächste Version
}. Ohne *Trainieren* werden alle <t:{ $until }:f> gelöscht; nach jedem neuen Foto bleibt mindestens noch eine Woche. Nichts davon erscheint im Kanal. `/show` holt das hier zurück, und `/train` mit demselben Wort ergänzt es.
report-put-aside = Es wurde nichts trainiert, und deine Fotos sind wieder da, wo sie waren.
photos-kept = { $count ->
    [one] Ein Foto bleibt
   *[other] { $count } Fotos bleiben
} verschlüsselt bis <t:{ $until }:f>. Mit `/train word:{ $word }` { $count ->
    [one] geht es
   *[other] gehen sie
} in eine nächste Version ein.
photos-title = **Fotos von dir, die aufbewahrt werden:**
photos-line = · { $word ->
    [none] Noch ohne Wort
   *[other] <{ $word }>
}: { $count ->
    [one] ein Foto
   *[other] { $count } Fotos
}, bis <t:{ $until }:f>
photos-dropped = { $count ->
    [one] Das Foto ist
   *[other] Die { $count } Fotos sind
} endgültig gelöscht.
report-alt = Foto { $n } von { $total }{ $word ->
    [none] {""}
   *[other] {" "}für { $word }
}: { $name }{ $is_framed ->
    [no] {""}
   *[yes] ; was ein engerer Ausschnitt weglässt, ist abgedunkelt
}
report-discarded = Verworfen. Die Fotos sind gelöscht; trainiert wurde nichts.

## Aufträge und ihre Karten
queued-title = ## <{ $word }> wird gelernt
queued-place = { $place ->
    [0] Es geht gleich los.
    [one] Als Nächstes dran.
   *[other] Platz { $place } in der Warteschlange.
}{ $wait ->
    [none] {""}
   *[other] {" "}Es dauert { $wait }.
}
queued-by = Beigebracht von <@{ $owner }>
queued-sleeping = Die Maschine ist noch nicht wach; der Auftrag bleibt und beginnt von selbst.
queued-ephemeral = **<{ $word }> ist eingereiht.** { $place } Die Karte in diesem Kanal zeigt, wie weit es ist. Du kannst Discord schließen; nichts geht verloren.
queued-twice = Das ist schon eingereiht, als `{ $job }`: { $place }
training-title = ## <{ $word }> wird gelernt
training-bar = `{ $bar }` { $percent } %
training-phase = { $phase ->
    [prepare] Fotos werden vorbereitet
    [cache] Fotos werden vorbereitet
    [class_images] Vergleichsbilder zum Oberbegriff werden gezeichnet: { $made } von { $wanted }
    [load] Die Maschine wacht auf
    [train] Es lernt
    [sample] Eine Probe wird gezeichnet
    [save] Es wird gespeichert
   *[other] Es wird gearbeitet
}{ $left ->
    [none] {""}
   *[other] {" · "}noch { $left }
}
training-step = Schritt { $done } von { $total }{ $loss ->
    [none] {""}
   *[other] {" · "}Fehlerwert { NUMBER($loss, minimumFractionDigits: 3) }
}
training-again = Nach Schritt { $reached } wurde es unterbrochen und macht beim letzten gesicherten Stand weiter{ $at ->
    [0] .
   *[other] ; jetzt ist es wieder bei Schritt { $at }.
}
training-preview-alt = Lernkurve (glatte Linie: Fehlerwert, Linie mit Punkten: Ähnlichkeit) und Proben von { $word } nach { $done } von { $total } Schritten
curve-legend = -# Kurve über die Schritte: glatte Linie und erste Zahl, der Fehlerwert; Linie mit Punkten und zweite Zahl, die Ähnlichkeit. Der größte Punkt ist der beste.
sheet-legend = -# Vor jeder Zeile: ihr Schritt im Training und die Ähnlichkeit; bei einem Wort aus einer Datei - ohne es und + mit ihm. Die umrahmte Zeile ist die beste.
training-private = Fotos und Proben einer Person sieht nur sie selbst, und wem das Wort gehört: Drück auf *Zeig es mir*.
training-stopping = Es hört auf; das Beste bis hierher bleibt.
training-over = **<{ $word }>** · { $state ->
    [succeeded] gelernt; das Ergebnis steht unten.
    [cancelled] abgebrochen.
   *[other] nicht gelernt; der Grund steht unten.
}
result-title = ## <{ $word }> ist gelernt
result-figures = { $method } · { $steps } Schritte · { $seconds } · { $size }
result-best = Am besten bei Schritt { $step }.
result-mean = Am besten ist das Mittel der Schritte { $steps }.
result-stalled = Es war vor den { $most } Schritten zu Ende, weil nichts mehr besser wurde.
result-use = Schreib es in einen Prompt: `/imagine prompt:{ $kind ->
    [style] a <{ $word }> drawing of a cat on the beach
   *[other] <{ $word }> on the beach
}`
result-photos = { $count ->
    [one] Das Foto ist
   *[other] Die { $count } Fotos sind
} gelöscht; das Wort braucht sie nicht mehr.
result-sheet-alt = Probebogen von { $word }: eine Zeile Bilder für jeden Zwischenstand, mit Schritt und Ähnlichkeit
result-curve-alt = Lernkurve von { $word }: glatte Linie der Fehlerwert, Linie mit Punkten die Ähnlichkeit
result-private = Proben einer Person sieht nur sie selbst, und wem das Wort gehört: Drück auf *Zeig es mir*.
failed-title-train = ## <{ $word }> wurde nicht gelernt
failed-title-sheet = ## <{ $word }> ließ sich nicht vergleichen
cancelled-title-sheet = ## Der Vergleich von <{ $word }> wurde abgebrochen
failed-title-import = ## <{ $word }> wurde nicht übernommen
failed-title-imagine = ## Diesmal keine Bilder
failed-job = Auftrag `{ $job }`
failed-photos = { $count ->
    [one] Dein Foto bleibt
   *[other] Deine { $count } Fotos bleiben
} für einen neuen Versuch bis <t:{ $until }:f>.
cancelled-title-train = ## Das Lernen von <{ $word }> wurde abgebrochen
cancelled-title-import = ## Die Übernahme von <{ $word }> wurde abgebrochen
cancelled-title-imagine = ## Abgebrochen
cancelled-quiet = { $kind ->
    [train] Nichts wurde gelernt. Warum, zeigt `/show` dem Mitglied, dem es gehört.
   *[imagine] Nichts wurde gezeichnet. Warum, zeigt `/show` dem Mitglied, das es haben wollte.
}
cancelled-body = Nichts davon wurde behalten.
imagine-queued = **{ $count ->
    [one] Dein Bild { $state ->
        [running] wird gezeichnet
       *[queued] ist eingereiht
    }
   *[other] Deine { $count } Bilder { $state ->
        [running] werden gezeichnet
       *[queued] sind eingereiht
    }
}.** { $place } { $count ->
    [one] Es erscheint
   *[other] Sie erscheinen
} in diesem Kanal.
imagine-drawing = Wird gerade gezeichnet.
imagine-progress = `{ $bar }` { $percent } %{ $left ->
    [none] {""}
   *[other] {" · "}noch { $left }
}.
imagine-drawn = { $count ->
    [one] Dein Bild ist gezeichnet. { $where ->
        [here] Es steht in diesem Kanal.
        [alone] Es steht in deinen Direktnachrichten, denn dieser Kanal ist nicht der richtige Ort dafür.
        [nowhere] Es konnte weder hier gezeigt noch dir geschickt werden; `/show` holt es zurück.
       *[coming] Es ist unterwegs.
    }
   *[other] Deine { $count } Bilder sind gezeichnet. { $where ->
        [here] Sie stehen in diesem Kanal.
        [alone] Sie stehen in deinen Direktnachrichten, denn dieser Kanal ist nicht der richtige Ort dafür.
        [nowhere] Sie konnten weder hier gezeigt noch dir geschickt werden; `/show` holt sie zurück.
       *[coming] Sie sind unterwegs.
    }
}
imagine-not-drawn = { $count ->
    [one] Dein Bild wurde
   *[other] Deine { $count } Bilder wurden
} nicht gezeichnet. { $where ->
    [here] Der Grund steht in diesem Kanal.
    [alone] Der Grund steht in deinen Direktnachrichten.
    [nowhere] `/show` nennt den Grund.
   *[coming] Der Grund ist unterwegs.
}
previewing-waiting = **Eine Vorschau auf <{ $word }>** nach einem der Fotos: { $place }
previewing-running = **Eine Vorschau auf <{ $word }>** nach einem der Fotos.
previewing-done = **Eine Vorschau auf <{ $word }>** nach einem der Fotos, bevor etwas gelernt ist. Das Wort selbst wird näher herankommen. Das siehst nur du, und aufbewahrt wird es nirgends.
previewing-gone = Die Vorschau auf <{ $word }> wurde gezeigt und nirgends aufbewahrt. Solange das Training läuft, zeichnet *Vorschau* eine neue.
previewing-over = Es wurde keine Vorschau gezeichnet.
previewing-alt = Eine Vorschau auf { $word }: was ein Foto zeigt, an anderen Orten
preview-alt = Auf halbem Weg zu: { $prompt }
imagine-title = { $prompt }
grid-by = Für <@{ $owner }> · Startwert { $seed }{ $relation ->
    [vary] {" · "}eine Abwandlung
    [edit] {" · "}mit geändertem Prompt
    [enlarge] {" · "}vergrößert
    [again] {" · "}noch einmal
    [photo] {" · "}ein Foto, mit Worten geändert
   *[none] {""}
}
grid-words = Wörter: { $words }
credit-named = { $word } von { $owner }
credit-nobody = { $word } von einem anderen Mitglied
credit-mine = { $word }, von dir
credit-gone = { $word } (gelöscht)
credit-pack = {" "}(zu nennen: { $credits })
credit-version = {" "}(Version { $version }{ $state ->
    [dropped] , inzwischen gelöscht
   *[ready] {""}
})
grid-alt = { $count } Bilder, nummeriert von links nach rechts und von oben nach unten: { $prompt }
image-alt = Bild { $n }: { $prompt }
deleted-images = Diese Bilder wurden gelöscht.
moderated-images = Die Moderation hat diese Bilder gelöscht.
delete-theirs-ask = **Diese Bilder von <@{ $owner }> löschen?** Dann sind sie endgültig weg. An ihrer Stelle steht, dass die Moderation sie gelöscht hat, und in `/studio audit`, wer es war. Wenn die Moderation gemeinsam entscheiden soll, schließ das hier und drück stattdessen *Melden*.
delete-theirs-done = Die Bilder sind gelöscht. An ihrer Stelle steht, dass die Moderation sie gelöscht hat.
pictures-reported = Danke. Die Moderation dieses Servers sieht deine Meldung; wem die Bilder gehören, erfährt nicht, von wem sie kommt.
withdrawn-images = Die Person, die diese Bilder zeigen, hat ihre Einwilligung zurückgenommen. Die Bilder werden nicht mehr gezeigt.
hidden-images = Diese Bilder wurden gemeldet. Sie bleiben verborgen, bis die Moderation sie angesehen hat.
recipe-title = ## Rezept
recipe-prompt = **Prompt:** { $prompt }
recipe-negative = **Nicht im Bild:** { $negative }
recipe-seed = **Startwert:** { $seed } · **Größe:** { $width }×{ $height }
recipe-words = **Wörter:** { $words }
recipe-base = **Basismodell:** { $base }
recipe-begun = Ausgegangen von einem eingesandten Bild, mit Stärke { NUMBER($strength) }.
recipe-said = **Es zeigte:** { $said }
recipe-quality = **Qualität:** { $quality }
recipe-settings = **Werte:** { $settings }
recipe-steps = { $steps ->
    [one] ein Schritt
   *[other] { $steps } Schritte
}
recipe-guidance = Prompttreue (CFG) { $scale }
recipe-shape = Format: { $shape }
recipe-parent = Entstanden aus Bild `{ $parent }` ({ $relation ->
    [vary] abgewandelt
    [edit] mit geändertem Prompt
    [enlarge] vergrößert
    [again] noch einmal
   *[other] { $relation }
}).
recipe-job = Auftrag `{ $job }`, gemacht <t:{ $when }:R>

## Favoriten und Einstellungen
star-kept = ★ Bild { $n } gehört jetzt zu deinen Favoriten. `/favourites` listet sie auf; drück noch einmal auf den Stern, und es geht wieder.
star-gone = Bild { $n } gehört nicht mehr zu deinen Favoriten.
favourites-title = ## Deine Favoriten
favourites-line = **{ $n }** { $prompt } · `{ $image }` · <t:{ $when }:R>
favourites-none = Du hast hier noch keine Favoriten. Der Stern unter einem Bild behält es.
settings-title =
    ## Deine Einstellungen
    Sie gelten für `/imagine`, wo du eine Option weglässt. Nur du siehst das.
settings-shape = **Format**
settings-count = **Bilder auf einmal**
settings-quality = **Qualität** – schnell ist grob, fein dauert doppelt so lange
settings-negative = **Nicht im Bild:** { $negative ->
    [none] nichts festgelegt
   *[other] { $negative }
}
settings-presets = **Vorlagen**, für `/imagine preset:`
settings-asked = **Fragen anderer:** { $asked ->
    [yes] Andere dürfen dich fragen, bevor sie ein Wort von dir benutzen, das du mit *Mich jedes Mal zuerst fragen* teilst, dich mit jemand anderem in ein Bild setzen oder Fotos lernen lassen, die dich zeigen.
   *[no] Du wirst nie gefragt. Wer dich fragen müsste, wird gleich abgewiesen. Was du erlaubt hast, bleibt erlaubt, und Fragen, die schon bei dir sind, warten auf deine Antwort.
}
settings-no-presets = **Vorlagen:** noch keine. `/settings save` behält Optionen unter einem Namen.
preset-line = **{ $name }** – { $told }
preset-count = { $count ->
    [one] ein Bild
   *[other] { $count } Bilder
}
preset-prompt = mit „{ $prompt }“
preset-negative = ohne „{ $negative }“
preset-saved = Behalten. Benutz sie mit `/imagine preset:{ $name }`.
preset-dropped = Die Vorlage „{ $name }“ ist gelöscht.
ping = <@{ $owner }>, du wolltest Bescheid, wenn es fertig ist. `/settings show` ändert das.

## Wörter
words-title = ## Deine Wörter
words-none = Du hast noch kein Wort beigebracht. Fang mit `/train` an.
words-line = **<{ $name }>** · { $kind } · { $state ->
    [ready] { $method } · { $size }
    [learning] wird gerade gelernt
    [foreign] gemacht für { $base }; trainiere es für dieses Basismodell neu
    [waits] kam aus einer Datei und wartet, bis du es einschaltest
   *[empty] noch nicht gelernt
}{ $visibility ->
    [shared] {" · "}geteilt
   *[private] {""}
}
words-more = … und { $count } weitere.
word-title = ## <{ $name }>
word-kind = { $kind } · { $visibility ->
    [private] privat, nur du kannst es benutzen
   *[other] geteilt
}
word-version = { $use ->
    [yes] ▶ Version { $n } · in Gebrauch
   *[no] Version { $n }
} · { $method } · { $size }{ $score ->
    [none] {""}
   *[other] {" · "}Ähnlichkeit { $score } %
}{ $step ->
    [none] {""}
   *[other] {" · "}Schritt { $step }
}{ $strength ->
    [none] {""}
   *[other] {" · "}Stärke { $strength }
} · für { $base } · <t:{ $when }:R>
word-versions-more = … und { $count } ältere.
version-used = <{ $name }> bedeutet von jetzt an Version { $n }. Bilder, die es schon gibt, behalten ihre.
version-drop-ask = **Version { $n } von <{ $name }> löschen?** Ihre Gewichte und Proben werden gelöscht. Bilder daraus bleiben, aber neue lassen sich daraus nicht mehr machen. Das lässt sich nicht rückgängig machen.
version-dropped = Version { $n } von <{ $name }> ist gelöscht; das Wort bedeutet jetzt Version { $now }.
word-foreign = Version { $n } wurde für { $base } gemacht. Dieses Studio hat ein anderes Basismodell: Nimm *Neu trainieren*.
word-taken-back = ⚠ Die Person, die es zeigt, hat ihr Einverständnis zurückgenommen: Es wird nicht weiter gelernt und überall abgelehnt. Das ist ihr Recht, ohne Begründung.
word-none = Noch nicht gelernt.
word-waits = Es kam aus einer Datei und wartet auf dich: Sieh dir die ersten Bilder an, dann schalte es ein oder verwirf es.
word-use = So benutzt du es: `/imagine prompt:{ $kind ->
    [style] a <{ $name }> drawing of a cat in the snow
   *[other] <{ $name }> in the snow
}`
word-renamed = <{ $old }> heißt jetzt <{ $new }>. Alte Bilder funktionieren weiter.
share-title = ## Wer <{ $name }> benutzen darf
share-none = <{ $name }> ist privat: Nur du kannst es benutzen. Was andere gerade damit zeichnen, wird abgebrochen; Bilder, die es schon gibt, bleiben.
share-with = · { $scope ->
    [member] <@{ $subject }>
    [role] alle mit der Rolle <@&{ $subject }>
    [guild] alle auf diesem Server
    [elsewhere] alle auf einem anderen Server
   *[instance] alle auf allen Servern dieses Bots
}
share-removed = ⚠ { $server ->
    [none] Wer dieses Tintype betreibt, hat es entfernt
   *[other] Die Moderation von { $server } hat es entfernt
}: Nur du kannst es benutzen, bis es dort wieder zugelassen wird. Darum kannst du bitten.
share-removed-there = ⚠ Die Moderation von { $server } hat es entfernt: Dort kann es niemand benutzen, bis es wieder zugelassen wird. Darum kannst du bitten.
share-quarantined = ⚠ Es wurde gemeldet; bis die Moderation es angesehen hat, kannst nur du es benutzen.
share-licence = Bilder: { $licence }
share-standing = Ohne jedes Mal zu fragen: { $members }. `/words unshare with:Ein Mitglied` nimmt das zurück.
word-delete-ask = **<{ $name }> löschen?** Gewichte, Fotos und gesicherte Stände werden gelöscht; Bilder daraus bleiben. Das lässt sich nicht rückgängig machen.
word-deleted = <{ $name }> ist gelöscht.
word-exported = **<{ $name }>** als `{ $file }` ({ $size }). Das läuft in AUTOMATIC1111, ComfyUI, sd-scripts und diffusers: Leg die Datei in den Ordner für LoRAs und schreib `{ $trigger }`. Wer die Datei hat, kann das Aussehen darin benutzen.
word-exported-both = **<{ $name }>** als `{ $file }` und `{ $embedding }` ({ $size }). Das läuft in AUTOMATIC1111, ComfyUI und diffusers: Leg die erste in den Ordner für LoRAs, die zweite in den für Embeddings, benutz beide und schreib `{ $trigger }`. Wer die Dateien hat, kann das Aussehen darin benutzen.
word-exported-embedding = **<{ $name }>** als `{ $file }` ({ $size }). Das läuft in AUTOMATIC1111, ComfyUI und diffusers: Leg die Datei in den Ordner für Embeddings und schreib `{ $trigger }`. Wer die Datei hat, kann das Aussehen darin benutzen.
word-exported-hypernetwork = **<{ $name }>** als `{ $file }` ({ $size }). Das läuft in AUTOMATIC1111 und ComfyUI: Leg die Datei in den Ordner für Hypernetworks, wähl sie dort aus und schreib `{ $trigger }`. Wer die Datei hat, kann das Aussehen darin benutzen.
word-exported-aesthetic = **<{ $name }>** als `{ $file }` ({ $size }). Darin steht die Richtung eines Stils, in die nur Tintype Prompts lenkt: Gib die Datei `/words import` eines anderen Tintype. Wer die Datei hat, kann den Stil darin benutzen.
word-exported-negative = **<{ $name }>** als `{ $file }` und `{ $embedding }` ({ $size }). Das läuft in AUTOMATIC1111, ComfyUI und diffusers: Leg beide in den Ordner für Embeddings, schreib den Namen der ersten in den Prompt und den der zweiten in den negativen Prompt. Wer die Dateien hat, kann das Aussehen darin benutzen.
word-exported-pack = **<{ $name }>** als `{ $file }` ({ $size }), unter der Lizenz „{ $licence }“. Darin sind Gewichte, Proben, Karte und Prüfsummen, und von niemandem Name oder Nummer außer dem, was du angegeben hast. `/words import` eines anderen Tintype nimmt es ganz{ $kind ->
    [hypernetwork] {""}
    [aesthetic] {""}
   *[lora] ; andere Programme nehmen die .safetensors daraus
}. Wer es hat, kann das Aussehen darin benutzen.
word-exported-shortened = Das Ganze hat { $size }, mehr, als Discord hier annimmt; deshalb ist dies ein kürzeres: von dem, was jede Schicht gelernt hat, die stärksten Richtungen, zusammen { $percent } % davon. Wo Discord mehr annimmt, etwa auf Servern mit Boost-Level 2 oder 3, gibt `/words export` das Ganze.
import-title = ## <{ $word }>, anderswo entstanden
import-file = `{ $name }`: { $layout ->
    [pack] {""}ein Paket von Tintype mit{" "}
    [peft] {""}ein Ordner von peft mit{" "}
   *[file] {""}
}{ $kind ->
    [both] LoRA und Embedding
    [embedding] Embedding
    [hypernetwork] Hypernetwork
    [aesthetic] Richtung eines Stils
   *[lora] LoRA
}{ $rank ->
    [0] {""}
   *[other] {" "}vom Rang { $rank }
}, { $size }
import-ask-kind = **Was zeigt es?** Bevor du das gesagt hast, wird nichts übernommen. Die Datei wartet einen Tag.
import-consent = „Diese Fotos“ sind die, aus denen die Datei entstand.
import-next = Es ist als Nächstes dran.
import-queued = **<{ $word }> wird übernommen.** { $place } Du siehst die ersten Bilder hier, bevor es jemand benutzen kann.
import-running = **<{ $word }> wird übernommen.** { $bar } { $percent } %, erste Bilder ohne es und mit ihm.
import-dropped = Die Datei ist gelöscht. Es wurde nichts daraus gemacht.
import-alt = Erste Bilder von { $word }: oben ohne es, unten mit ihm
import-enabled = **Du kannst <{ $word }> jetzt benutzen.** `/imagine prompt:{ $kind ->
    [style] a <{ $name }> drawing of a cat in the snow
   *[other] <{ $name }> in the snow
}`
import-discarded = <{ $word }> und die Datei dazu sind gelöscht.
imported-waits = **<{ $word }>** wurde aus einer Datei übernommen und wartet auf <@{ $owner }>: Sieh dir die ersten Bilder an, dann schalte es ein oder verwirf es. Bis dahin kann es niemand benutzen.
imported-enabled = **<{ $word }>** wurde von <@{ $owner }> aus einer Datei übernommen.
trial-title = ## Erste Bilder von <{ $word }>
trial-kind = Es zeigt { $kind }.
trial-said = Für das Basismodell heißt es `{ $trigger }`.
trial-licence = Sein Paket bringt eine Lizenz für Bilder mit: { $licence }.
trial-credits = Zu nennen: { $credits }.
trial-ask = Oben, was das Basismodell ohne es zeichnet, unten mit ihm. *Einschalten* macht <{ $word }> für dich benutzbar; bis dahin kann es niemand.
trial-enabled = Oben, was das Basismodell ohne es zeichnet, unten mit ihm. <{ $word }> ist in Gebrauch.
word-alt = Probebogen von { $name }
compare-title = ## <{ $word }> vergleichen
compare-help = Jede Zeile ist ein Zwischenstand des Trainings, jede Spalte eine Stärke; Prompt und Startwert sind überall gleich. Drück auf das, was am besten aussieht; <{ $word }> bedeutet von da an das.
compare-now = Jetzt bedeutet es Version { $version }, mit Stärke { $strength }, wo ein Prompt keine nennt.
compare-queued = **Der Vergleichsbogen von <{ $word }> ist eingereiht.** { $place } Er erscheint in diesem Kanal.
compare-row = Schritt { $step }
compare-alt = Vergleichsbogen von { $word }: je eine Zeile für { $rows }; je eine Spalte für jede Stärke: { $strengths }

## Stile
gallery-title = ## { $order ->
    [new] Die neuesten Stile
    [top] Die beliebtesten Stile
    [random] Stile nach Zufall
   *[name] Stile
}
gallery-search = ## Stile mit „{ $text }“
gallery-count = { $total ->
    [one] Ein Stil, den
   *[other] { $total } Stile, die
} du hier benutzen darfst. Nur du siehst das.
gallery-none = Es gibt noch keinen Stil, den du hier benutzen darfst. Mit `/train` lernt Tintype ein Wort von dir; `/words share` bietet es anderen an.
gallery-none-found = Kein Stil, den du hier benutzen darfst, hat das im Namen, in der Art oder in dem, was darüber gesagt ist.
style-line = **<{ $name }>** · { $kind }
kind-of = { $kind }{ $class_word ->
    [none] {""}
   *[other] , Oberbegriff *{ $class_word }*
}
style-by = Von <@{ $owner }> · { $licence }
style-licence-here = nur hier zu benutzen
style-licence-cc-by = CC BY: alles, mit Namensnennung
style-licence-cc-by-nc = CC BY-NC: alles außer Geschäftlichem, mit Namensnennung
style-licence-cc0 = CC0: alles
style-mixing-free = Es darf mit jedem anderen Wort gemischt werden.
style-mixing-no-people = Es wird nicht mit Wörtern für Personen gemischt.
style-mixing-ask = Wer es benutzen will, fragt zuerst, wem es gehört: Das macht Tintype, und so lange warten die Bilder.
style-counts = { $uses ->
    [0] Von anderen noch nicht benutzt
    [one] In einem Bild von anderen
   *[other] In { $uses } Bildern von anderen
} · { $likes ->
    [0] gefällt noch niemandem
    [one] gefällt einem Mitglied
   *[other] gefällt { $likes } Mitgliedern
}
style-title = ## <{ $name }>
style-use = So benutzt du es: `/imagine prompt:{ $kind ->
    [style] a <{ $name }> drawing of a cat in the snow
   *[other] <{ $name }> in the snow
}`
style-works = **Bilder, in denen es steckt:**
style-work = `{ $job }` · { $count ->
    [one] ein Bild
   *[other] { $count } Bilder
} von <@{ $owner }>, <t:{ $when }:R>
style-mixed = mit { $credits }
filter-added = Dieser Server lehnt ab jetzt „{ $text }“ ({ $kind }) ab: in Prompts, in Namen von Wörtern und in dem, was über Stile gesagt wird. Mitglieder erfahren, dass ein Filter ablehnte, nicht was.
filter-harms = ⚠ Das lehnt auch „{ $prompt }“ ab, was harmlos ist. Wenn es das nicht soll, nimm es mit `/studio filter remove` wieder heraus.
filter-removed = Dieser Server lehnt „{ $text }“ ({ $kind }) nicht mehr ab.
filter-title = { $count ->
    [0] Der Filter dieses Servers ist leer. `/studio filter add` füllt ihn.
    [one] Der Filter dieses Servers lehnt ab:
   *[other] Der Filter dieses Servers lehnt { $count } Wörter und Muster ab:
}
filter-line = - { $text } ({ $kind })
filter-passes = Das käme durch den Filter dieses Servers.
filter-refuses = Abgelehnt: „{ $text }“ ({ $kind }) steckt darin. Mitglieder erfahren nicht, was es war.
style-reported = Danke. Die Moderation dieses Servers sieht deine Meldung über <{ $name }>; wem es gehört, erfährt nicht, von wem sie kommt.
style-alt = Proben von { $name }, gezeichnet, als es gelernt wurde

## Ordnung halten
reports-none = **Nichts ist gemeldet.** Mitglieder melden mit dem Knopf *Melden* unter Bildern und Stilen.
reports-title = ## Gemeldetes { $n } von { $total }
case-pictures = **Bilder:** { $prompt }
case-style = **Ein Stil:** <{ $word }>
case-owner = Von <@{ $owner }>{ $strikes ->
    [0] .
    [one] , mit einer Verwarnung.
   *[other] , mit { $strikes } Verwarnungen.
}
case-reporters = **Was nicht stimmt,** gemeldet von { $count ->
    [one] einem Mitglied
   *[other] { $count } Mitgliedern
} seit <t:{ $when }:R>:
case-said = - <@{ $member }>: { $reason }
case-forgotten = - Jemand, der seither vergessen ist
case-hidden = ⚠ Es ist verborgen, bis du entscheidest.
case-help = *Behalten* { $hidden ->
    [yes] zeigt es wieder
   *[no] lässt es, wie es ist,
} und erledigt alle diese Meldungen. *Entfernen* löscht Bilder und lässt einen Stil nur noch dem Mitglied, dem er gehört. *Entfernen und verwarnen* zählt es auch: Die dritte Verwarnung in 30 Tagen sperrt für 30 Tage. *Mitglied sperren* fragt, wie lange und warum; die Meldungen bleiben.
case-alt = Was gemeldet wurde
removed-title = ## Entfernter Stil { $n } von { $total }
removed-style = <{ $name }> von <@{ $owner }>, entfernt von { $by } <t:{ $when }:R>
removed-help = *Wieder zulassen* macht das rückgängig, samt der Verwarnung, falls es eine gab, und sagt es dem Mitglied, dem er gehört. Wer ihn benutzen durfte, darf es dann wieder; gehört er auf einen anderen Server, wird er hier neu geteilt.
removed-none = **Auf diesem Server ist kein Stil entfernt.**
notice-style = **Dein Wort <{ $name }> wurde gemeldet, und { $server ->
    [none] wer dieses Tintype betreibt, hat es
   *[other] die Moderation von { $server } hat es
} entfernt.** Nur du kannst es jetzt noch benutzen, bis es wieder zugelassen wird; darum kannst du bitten. `/words card` zeigt, wie es darum steht.
notice-there = **Dein Wort <{ $name }> wurde gemeldet, und die Moderation von { $server } hat es dort entfernt.** Auf diesem Server kann es niemand benutzen, bis es wieder zugelassen wird; darum kannst du bitten. `/words card` zeigt, wie es darum steht.
notice-pictures = **Bilder von dir wurden gemeldet, und { $server ->
    [none] wer dieses Tintype betreibt, hat sie
   *[other] die Moderation von { $server } hat sie
} entfernt.** Sie sind gelöscht.
notice-readmitted = **{ $server ->
    [none] Wer dieses Tintype betreibt, hat
   *[other] Die Moderation von { $server } hat
} dein Wort <{ $name }> wieder zugelassen.** `/words card` zeigt, wer es benutzen darf, und mit `/words share` öffnest du es für mehr.
blocked-title = **Hier gesperrt:**
blocked-line = <@{ $member }>{ $reason ->
    [none] {""}
   *[other] {" "}– { $reason }
}
blocked-until = <@{ $member }> bis <t:{ $when }:f>{ $reason ->
    [none] {""}
   *[other] {" "}– { $reason }
}
audit-title = ## Wer was entschieden hat
audit-none = Hier wurde noch nichts gemeldet oder entschieden.
audit-line = <t:{ $when }:f> · { $who } { $what }
audit-nobody = Jemand
audit-itself = Tintype
audit-changed = { $what }: { $changes }
audit-change = { $before } → { $now }
audit-more = { $count } weitere
audit-everybody = alle
audit-no-one = niemand
audit-everywhere = jeder Kanal
audit-days = { $count ->
    [0] unbegrenzt
    [one] ein Tag
   *[other] { $count } Tage
}
audit-reports = { $count ->
    [one] eine Meldung
   *[other] { $count } Meldungen
}
audit-trainings = Trainings { $change }
audit-pictures = Bilder { $change }
audit-at_once = gleichzeitig { $change }
audit-delete = hat { $count ->
    [one] ein Bild
   *[other] { $count } Bilder
}{ $whom ->
    [none] {""}
   *[other] {" "}von { $whom }
} gelöscht
audit-cancel = hat einen Auftrag{ $whom ->
    [none] {""}
   *[other] {" "}von { $whom }
} abgebrochen
audit-report = hat etwas{ $whom ->
    [none] {""}
   *[other] {" "}von { $whom }
} gemeldet
audit-hide = hat durch eine Meldung etwas{ $whom ->
    [none] {""}
   *[other] {" "}von { $whom }
} verborgen
audit-keep = hat Gemeldetes{ $whom ->
    [none] {""}
   *[other] {" "}von { $whom }
} behalten
audit-remove = hat Gemeldetes{ $whom ->
    [none] {""}
   *[other] {" "}von { $whom }
} entfernt
audit-strike = hat Gemeldetes{ $whom ->
    [none] {""}
   *[other] {" "}von { $whom }
} mit einer Verwarnung entfernt
audit-count = hat eine Verwarnung gezählt{ $whom ->
    [none] {""}
   *[other] {" "}gegen { $whom }
}, die { $count }. in 30 Tagen
audit-block = hat { $whom ->
    [none] ein Mitglied
   *[other] { $whom }
}{ $until ->
    [none] {""}
   *[other] {" "}bis <t:{ $until }:f>
} gesperrt
audit-readmit = hat Entferntes{ $whom ->
    [none] {""}
   *[other] {" "}von { $whom }
} wieder zugelassen
audit-unblock = hat { $whom ->
    [none] ein gesperrtes Mitglied
   *[other] { $whom }
} wieder eingelassen
audit-setup-trainers = hat geändert, wer Wörter beibringen darf
audit-setup-drawers = hat geändert, wer Bilder machen darf
audit-setup-first = hat geändert, wessen Aufträge vorgehen
audit-setup-channels = hat geändert, in welchen Kanälen Tintype arbeitet
audit-setup-has_people = hat geändert, ob Personen gelernt werden dürfen
audit-setup-keep_days = hat geändert, wie lange Bilder bleiben
audit-setup-left_days = hat geändert, wie lange bleibt, was ausgetretenen Mitgliedern gehört
audit-setup-threshold = hat geändert, wie viele Meldungen etwas verbergen
audit-setup-channel = hat die Regeln { $channel ->
    [none] eines Kanals
   *[other] von { $channel }
} geändert
audit-kept-no-longer = hatte { $count ->
    [one] ein Bild, das gelöscht wurde, weil es älter war
   *[other] { $count } Bilder, die gelöscht wurden, weil sie älter waren
}, als dieser Server sie behält
audit-left = ließ löschen, was einem ausgetretenen Mitglied gehörte: Wörter und Bilder, { $count }
audit-filter-add = hat dem Filter „{ $text }“ hinzugefügt, { $kind }
audit-filter-drop = hat „{ $text }“ aus dem Filter genommen, { $kind }
audit-quota = hat die Grenzen { $role ->
    [none] für alle
   *[other] von { $role }
} geändert
audit-held-back = hatte { $count ->
    [one] ein Bild, das
   *[other] { $count } Bilder, die
} die Bildprüfung zurückgehalten hat
setup-title =
    ## Das Studio dieses Servers
    Jede Wahl hier unten gilt sofort und steht in `/studio audit`. Nur du siehst diese Karte.
setup-stale = ⚠ **Daran wurde nichts geändert:** die Karte war nicht mehr neu, denn diese Regeln waren seitdem geändert worden. So lauten sie jetzt.
setup-trainers = **Wer Wörter beibringen darf:** { $roles ->
    [none] alle
   *[other] { $roles }
}
setup-drawers = **Wer Bilder machen darf:** { $roles ->
    [none] alle
   *[other] { $roles }
}
setup-first = **Wer vorgeht,** mit dem doppelten Anteil an der Maschine: { $roles ->
    [none] niemand
   *[other] { $roles }
}
setup-channels = **Wo:** { $channels ->
    [none] in jedem Kanal
   *[other] { $channels }
}
setup-people = **Dürfen hier Personen gelernt werden?** { $state }
setup-keep = **Bilder** { $days ->
    [0] bleiben, bis jemand sie löscht.
   *[other] werden { $days } Tage, nachdem sie entstanden, gelöscht und in den Kanälen durch einen Hinweis ersetzt.
}
setup-left = **Wenn ein Mitglied geht oder ich entfernt werde,** { $days ->
    [0] bleiben seine Wörter und Bilder von diesem Server, bis es sie löscht.
   *[other] werden seine Wörter und Bilder von diesem Server { $days } Tage später gelöscht.
}
setup-threshold = **Verborgen nach Meldungen** von { $count ->
    [one] einem Mitglied
   *[other] { $count } Mitgliedern
}, bis du mit `/studio reports` entscheidest.
setup-keep-choice = { $days ->
    [0] Bilder bleiben, bis jemand sie löscht
   *[other] Bilder bleiben { $days } Tage
}
setup-left-choice = { $days ->
    [0] Was Ausgetretenen gehört, bleibt
   *[other] Was Ausgetretenen gehört, bleibt { $days } Tage
}
setup-threshold-choice = { $count ->
    [one] Eine Meldung verbirgt etwas
   *[other] { $count } Meldungen verbergen etwas
}
setup-apart = **Kanäle mit eigenen Regeln:** { $channels }
setup-help = `/studio setup channel:` ist für einen einzelnen Kanal, `/studio limits` für das, was jede Rolle verlangen darf, `/studio filter` für das, was niemand schreiben darf.
menu-trainers = Wer Wörter beibringen darf (niemand gewählt: alle)
menu-drawers = Wer Bilder machen darf (niemand gewählt: alle)
menu-first = Wer vorgeht (niemand gewählt: niemand)
menu-channels = In welchen Kanälen (keiner gewählt: in allen)
menu-keep = Wie lange Bilder bleiben
menu-left = Wenn ein Mitglied ausgetreten ist
menu-threshold = Wie viele Meldungen etwas verbergen
menu-method = Das Verfahren
menu-count = Wie viele Bilder höchstens auf einmal
menu-quality = Die feinste Qualität
menu-shape = Das übliche Format
place-title =
    ## Die Regeln von <#{ $channel }>
    Sie gelten sofort, auch in seinen Threads. Nur du siehst diese Karte.
place-closed = ⚠ Dieser Kanal gehört nicht zu denen, die `/studio setup` nennt; hier wird nichts gelernt oder gemacht.
place-pictures = **Hier werden Bilder gemacht:** { $state }
place-training = **Hier werden Wörter gelernt:** { $state }
place-enlarge = **Hier werden Bilder vergrößert:** { $state }
place-spoiler = **Alle Bilder erscheinen verdeckt:** { $state }
place-caps = **Höchstens** { $count ->
    [one] ein Bild
   *[other] { $count } Bilder
} auf einmal, in der Qualität „{ $quality }“.
place-shape-any = Format: wie jedes Mitglied es mag
place-shape-square = Format, wenn niemand ein anderes nennt: Quadrat
place-shape-portrait = Format, wenn niemand ein anderes nennt: Hochformat
place-shape-landscape = Format, wenn niemand ein anderes nennt: Querformat
place-count-choice = { $count ->
    [one] Ein Bild auf einmal
   *[other] Bis zu { $count } Bilder auf einmal
}
place-quality-choice = Qualität: höchstens { $quality }
access-title = **Was ich hier darf:**
access-line = { $state ->
    [yes] ✔ { $permission }
   *[no] ✘ { $permission } – fehlt
}
access-fix = **So klappt es in <#{ $channel }>:** wähl in den Einstellungen des Kanals unter *Berechtigungen* Tintype (oder füg es hinzu) und erlaub { $permissions }.
access-all = ✔ In all diesen Kanälen kann ich etwas zeigen.
access-some = ⚠ { $count ->
    [one] In einem Kanal kann ich nichts zeigen:
   *[other] In { $count } Kanälen kann ich nichts zeigen:
}
access-more = … und in { $count } weiteren.
permission-view_channel = Kanal ansehen
permission-send_messages = Nachrichten senden
permission-send_messages_in_threads = Nachrichten in Threads senden
permission-attach_files = Dateien anhängen
permission-read_message_history = Nachrichtenverlauf anzeigen
permission-add_reactions = Reaktionen hinzufügen
permission-administrator = Administrator
permission-change_nickname = Nickname ändern
permission-connect = Verbinden
permission-create_events = Events erstellen
permission-create_expressions = Ausdrücke erstellen
permission-create_instant_invite = Einladung erstellen
permission-create_private_threads = Private Threads erstellen
permission-create_public_threads = Öffentliche Threads erstellen
permission-embed_links = Links einbetten
permission-external_emojis = Externe Emojis verwenden
permission-external_stickers = Externe Sticker verwenden
permission-manage_channels = Kanäle verwalten
permission-manage_guild = Server verwalten
permission-manage_messages = Nachrichten verwalten
permission-manage_roles = Berechtigungen verwalten
permission-manage_threads = Threads verwalten
permission-manage_webhooks = Webhooks verwalten
permission-mention_everyone = @everyone, @here und alle Rollen erwähnen
permission-pin_messages = Nachrichten anpinnen
permission-request_to_speak = Redeanfrage
permission-send_polls = Umfragen erstellen
permission-send_tts_messages = Text-zu-Sprache-Nachrichten senden
permission-send_voice_messages = Sprachnachrichten senden
permission-speak = Sprechen
permission-stream = Video
permission-use_application_commands = Anwendungsbefehle verwenden
permission-use_embedded_activities = Aktivitäten verwenden
permission-use_external_apps = Externe Apps verwenden
permission-use_external_sounds = Externe Sounds verwenden
permission-use_soundboard = Soundboard verwenden
permission-use_voice_activation = Sprachaktivierung verwenden
quota-title = **Was jedes Mitglied in 24 Stunden höchstens darf:**
quota-none = **Dieser Server hat keine eigenen Grenzen.** Jedes Mitglied darf, was der Rechner des Betreibers hergibt.
quota-everybody = Alle
quota-any = beliebig viele
quota-line = - { $who } · Trainings: { $trainings } · Bilder: { $pictures } · zugleich: { $at_once }
quota-help = Wer mehrere dieser Rollen hat, hat die höchste Zahl. `/studio limits` ändert sie; was misslang oder abgebrochen wurde, zählt nicht.

## Warteschlange, Wiedersehen, Papiere
queue-title = ## Die Warteschlange
queue-empty = Nichts wartet. `/imagine` oder `/train` beginnt sofort.
queue-running = ▶ { $what } · { $percent } %{ $left ->
    [none] {""}
   *[other] {" · "}noch { $left }
}
queue-line = { $place }. { $what }
queue-mine-train = <{ $word }> lernen (von dir)
queue-mine-imagine = Bilder (von dir)
queue-mine-sheet = <{ $word }> vergleichen (von dir)
queue-other-sheet = ein Vergleich
queue-mine-preview = eine Vorschau auf <{ $word }> (deine)
queue-other-preview = eine Vorschau
queue-mine-other = { $kind ->
    [export] Gewichte exportieren
    [import] Gewichte übernehmen
    [sheet] einen Bogen zeichnen
   *[other] { $kind }
} (von dir)
queue-mine-import = <{ $word }> übernehmen (von dir)
queue-other-import = anderswo entstandene Gewichte
queue-other-train = ein Wort
queue-other-imagine = Bilder
queue-other-other = andere Arbeit
queue-more = … und { $count } weitere.
queue-awaited-imagine = **Bilder von dir warten** bis <t:{ $until }:R> auf Antwort:
queue-awaited-train = **<{ $word }> wartet** bis <t:{ $until }:R> darauf, dass { $person } zustimmt; dann wird es von selbst gelernt.
queue-engine-ready = Maschine: wach, { $title }, { $device }.
base-miniature = das mitgelieferte Miniaturmodell
device-processor = { $processor } { $kind }, { $threads ->
    [one] ein Thread
   *[other] { $threads } Threads
}
queue-engine-loading = Maschine: wacht gerade auf.
queue-engine-away = Maschine: nicht wach. Aufträge bleiben und beginnen von selbst.
show-none = Du hast hier noch keinen Auftrag. `/train` und `/imagine` machen einen.
show-posted = In diesem Kanal gezeigt.
show-choice-photos = Fotos für <{ $word }> · noch nicht trainiert
show-choice-train = <{ $word }> lernen · { $state }
show-choice-sheet = <{ $word }> vergleichen · { $state }
show-choice-import = <{ $word }> übernehmen · { $state }
show-choice-imagine = { $prompt } · { $state }
state-queued = wartet
state-running = läuft
state-succeeded = fertig
state-failed = misslungen
state-cancelled = abgebrochen
privacy-body =
    ## Datenschutz
    {"**"}Was Tintype sieht:** die Befehle, die du ihm gibst, die Dateien für `/train` und `/imagine` und wenn jemand seine Knöpfe drückt. Nachrichten liest es keine: Es ist ohne das Recht dazu verbunden.
    {"**"}Was es behält:** deine Fotos, bis das Wort gelernt ist (eine Woche, solange sie auf *Trainieren* warten, einen Tag nach einem Fehlschlag, auf Wunsch bis zu 30 Tage länger), die Gewichte deiner Wörter mit all ihren Versionen und eine Woche lang noch wählbare Zwischenstände eines Trainings, deine Bilder mit ihren Rezepten, solange ein Auftrag wartet, welche deiner Rollen dir seine Wörter öffnen, ein Bild, von dem du ausgehst (einen Tag), deine Sprache, Einstellungen, Vorlagen und Favoriten, die Stile, die dir gefallen, was du gesucht hast (einen Tag), deinen Namen auf diesem Server, wartende Prompts (einen Tag), wozu du wann zugestimmt hast, mit wem du teilst, was du meldest und was die Moderation über dich entscheidet. Jede Datei ist mit deinem eigenen Schlüssel verschlüsselt.
    {"**"}Wenn du einen Server verlässt:** Deine Wörter und Bilder dieses Servers werden nach 30 Tagen gelöscht, oder wie es dort eingestellt ist; auch Bilder können dort nach einiger Zeit gelöscht werden. Um zu wissen, wer gegangen ist, fragt Tintype Discord einmal am Tag nach denen, die dort etwas haben.
    {"**"}Was es nie tut:** aus Nachrichten lernen, Fotos verschiedener Mitglieder zusammenwerfen, herausfinden, wer auf einem Bild ist, etwas an andere Dienste schicken. Alles wird auf dem Rechner des Betreibers berechnet.
    {"**"}Personen:** Eine Person wird nur gelernt, wenn sie mindestens 18 ist und selbst zugestimmt hat: du, oder ein anderes Mitglied des Servers, das dafür gefragt wird. So ein Wort wird höchstens mit einzelnen Mitgliedern geteilt; das eines anderen Mitglieds nur mit diesem.
    {"**"}Deine Rechte:** `/mydata` gibt dir alles, `/forget` löscht es und vernichtet deinen Schlüssel, mit Quittung.
privacy-intents = Gewährte Zugriffe: { $intents }. Rechte in diesem Kanal: { $permissions }.
privacy-likenesses = **Wörter, die dich zeigen.** Du kannst deine Einwilligung jederzeit zurücknehmen: Von da an kann niemand das Wort benutzen.
privacy-likeness = · <{ $name }> von <@{ $owner }>
taken-back-sitter = **Du hast deine Einwilligung zu <{ $name }> zurückgenommen.** Ab jetzt kann niemand das Wort benutzen, auch nicht, wem es gehört: Was gerade damit entstand, ist abgebrochen, geteilt ist es mit niemandem mehr, und Bilder damit werden nicht mehr gezeigt. Wem es gehört, erfährt das und darf dich 30 Tage lang nicht wieder fragen. Die Fotos sind gelöscht. Das Wort und die Bilder, die dich zeigen, sind noch da, nützen aber niemandem; lösch sie unten endgültig.
taken-back = **Du hast deine Einwilligung zu <{ $name }> zurückgenommen.** Das Wort wird ab jetzt überall abgelehnt, was gerade damit entstand, ist abgebrochen, geteilt ist es mit niemandem mehr, und Bilder damit siehst nur noch du. Fotos, Gewichte und Bilder sind noch da, nützen aber niemandem; lösch sie unten, oder später mit `/forget`.
privacy-none = keine
privacy-faces = {"**"}Gesichter:** Beim Lernen eines Menschen werden Gesichter in den Proben mit denen in seinen Fotos verglichen und mit keinen anderen, um die ähnlichsten zu finden. Behalten wird nur, wie ähnlich eine Probe war.
check-off = **Bildprüfung: aus.** Nichts sieht ein Bild an, bevor es erscheint; Meldungen und die Verwaltung des Servers tun es.
check-on = **Bildprüfung: an** ({ $check }). Jedes Bild wird angesehen, bevor es erscheint, auch Vorschauen und Proben; strenger außerhalb altersbeschränkter Kanäle und immer bei Personen. Was sie zurückhält, sieht niemand.
check-asleep = **Bildprüfung:** nicht bekannt, solange die Maschine schläft; dann wird auch nichts gezeichnet.
mydata-body = Tintype bewahrt von dir auf: { $words ->
    [one] ein Wort
   *[other] { $words } Wörter
}, { $images ->
    [one] ein Bild
   *[other] { $images } Bilder
}, { $photos ->
    [one] ein Foto
   *[other] { $photos } Fotos
} und { $jobs ->
    [one] einen Auftrag
   *[other] { $jobs } Aufträge
}. { $parts ->
    [one] Im Zip sind
   *[other] Es kommt in { $parts } Zips; zusammen sind darin
} deine Dateien und eine lesbare `mydata.json`. Drück auf den Knopf, um { $parts ->
    [one] es
   *[other] sie
} zu bekommen; nur du siehst das.
mydata-left-out = { $count ->
    [one] Eine Datei fehlt darin, sie ist
   *[other] { $count } Dateien fehlen darin, sie sind
} zu groß für eine Nachricht hier oder mehr, als diese Teile fassen. Wo Discord größere Dateien annimmt, etwa auf Servern mit Boost-Level 2 oder 3, geben `/mydata` und `/words export` auch größere heraus; `/show` bringt deine Bilder.
mydata-part = Teil { $n } von { $count }, { $size }. Heb ihn sicher auf: Er ist nicht mehr verschlüsselt.
mydata-pieces = Dateien, die auf `.001`, `.002` und so weiter enden, sind Stücke einer Datei, die größer als ein Teil ist: Füg sie in dieser Reihenfolge zusammen, mit 7-Zip oder `cat name.0* > name`.
forget-ask-all = **Alles löschen, was Tintype über dich aufbewahrt?** Deine Wörter, Fotos, Bilder, Aufträge und Einwilligungen werden hier gelöscht, und dein Schlüssel wird vernichtet; damit sind sie auch in Sicherungen nicht mehr lesbar. Bilder, die andere aus deinen Wörtern gemacht haben, bleiben ihnen, außer denen einer Person. Das lässt sich nicht rückgängig machen.
forget-ask-word = **<{ $word }> löschen, mit allem, was dazugehört?** Gelöscht werden seine Fotos, Gewichte und gesicherten Stände und { $kind ->
    [person] die Bilder daraus, auch die von anderen
   *[other] die Bilder, die du daraus gemacht hast. Bilder, die andere daraus gemacht haben, bleiben ihnen
}. Das lässt sich nicht rückgängig machen.
receipt-title = ## Quittung
receipt-line = Gelöscht <t:{ $when }:F>: { $photos ->
    [one] ein Foto
   *[other] { $photos } Fotos
}, { $words ->
    [one] ein Wort
   *[other] { $words } Wörter
} mit { $versions ->
    [one] einer Version
   *[other] { $versions } Versionen
} und { $checkpoints ->
    [one] einem gesicherten Stand
   *[other] { $checkpoints } gesicherten Ständen
}, { $images ->
    [one] ein Bild
   *[other] { $images } Bilder
}, { $consents ->
    [one] eine Einwilligung
   *[other] { $consents } Einwilligungen
}; { $size } in { $files ->
    [one] einer Datei
   *[other] { $files } Dateien
}. { $jobs ->
    [0] {""}
    [one] Ein Auftrag wurde angehalten.
   *[other] { $jobs } Aufträge wurden angehalten.
}
receipt-key = Dein Schlüssel ist vernichtet: Kopien in Sicherungen kann niemand mehr lesen.
receipt-key-kept = Dein Schlüssel bleibt, für deine anderen Wörter.
receipt-number = Quittung `{ $receipt }`. Heb sie auf, falls du den Betreiber danach fragen willst.
receipt-stays = Was bleibt: die Nummer dieser Quittung und dass du darum gebeten hast, damit keine alte Sicherung deine Daten zurückbringt; ohne deinen Namen Zeilen im Protokoll eines Servers und was du gemeldet hast, ohne den Text; von einer Sperre deine bloße Nummer. Reste gelöschter Zeilen in ungenutzten Teilen der Datenbankdatei werden spätestens in einer Stunde überschrieben.
help-body =
    ## Tintype
    {"**"}1. `/train`** – gib 5 bis 20 Fotos von einem Motiv und ein Wort dafür. Du siehst sofort, welche Fotos gut sind.
    {"**"}2. Warte ein paar Minuten.** Die Karte zeigt, wie es lernt; *Beenden und Bestes behalten* hört früher auf.
    {"**"}3. `/imagine prompt:<dein-wort> on the beach`** – allein oder zusammen mit einem anderen Wort. `<dein-wort:0.7>` nimmt es leichter. Englisch versteht das Basismodell am besten.
    Unter jedem Bild sind Knöpfe: vergrößern, abwandeln, Stern, noch einmal, ändern, Rezept. `/settings show` ist für das, was du immer wählst, `/favourites` für das, was einen Stern hat.
    `/imagine image:` beginnt mit einem Bild von dir, `/edit` ändert, was ein Foto von dir zeigt, `negative:` sagt, was fehlen soll, `<ana-dog> on the left and <ben-mug> on the right` hält zwei Wörter auseinander.
    `/words mine` listet auf, was du beigebracht hast, mit seinen Versionen; `/train` mit einem deiner Wörter bringt die nächste bei · `/words share` lässt andere ein Wort benutzen, `/words export` macht eine Datei daraus, `/words import` übernimmt eine · `/styles browse` zeigt, was andere teilen, zum Ausprobieren, Mögen und Melden · `/queue` zeigt, was läuft · `/show` holt einen früheren Auftrag zurück · bei `/privacy`, `/mydata` und `/forget` geht es um deine Daten.
    Wer einen Server verwaltet: `/studio setup` sagt, wer was wo darf, `/studio reports`, was gemeldet wurde.
help-methods = So kann hier gelernt werden: { $methods }.
help-class-words = Was dieses Basismodell kennt: { $words }.

## Fehler: Befehle, Knöpfe, Rechte
E_UNKNOWN = Bei uns ist etwas kaputtgegangen. Es ist unter der Nummer `{ $number }` aufgeschrieben; nenn sie dem Betreiber, wenn es noch einmal geschieht. Von dir ist nichts verloren.
E_GUILD = Dieses Tintype arbeitet nur auf Servern, die sein Betreiber freigegeben hat. Bitte ihn, `tintype guilds allow { $guild }` auszuführen.
E_DM_FIRST = Benutz Tintype einmal auf einem Server, zu dem es gehört, etwa mit `/help`; danach antwortet es auch hier.
E_USER_INSTALL = Tintype arbeitet auf Servern, denen es hinzugefügt wurde, und in Direktnachrichten mit ihm. Bitte die Verwaltung dieses Servers, es hinzuzufügen.
E_OLD_BUTTON = Dieser Knopf stammt von einem früheren Tintype und tut nichts mehr. `/show` bringt den Auftrag mit Knöpfen zurück, die gehen.
E_OLD_COMMAND = Dieser Befehl hat sich geändert, seit dein Discord ihn geladen hat. Lad Discord neu (Strg+R, oder die App schließen und öffnen) und gib ihn noch einmal ein.
E_OPTION = „{ $value }“ passt da nicht. Nimm einen der angebotenen Werte.
E_JOB_FAILED = Die Maschine konnte das nicht fertigstellen; warum, sieht der Betreiber im Protokoll. Deine Fotos und Wörter bleiben: Versuch es noch einmal, und nenn dem Betreiber die Nummer des Auftrags, wenn es zweimal geschieht.
E_NOT_ALLOWED = Das geht hier nicht. Versuch es in einem Textkanal eines Servers, zu dem Tintype gehört.
E_NOT_FOUND = So etwas gibt es von dir nicht. Vielleicht wurde es gelöscht; `/words mine` und `/show` listen auf, was da ist.
E_CHANNEL = Tintype darf in diesem Kanal nichts zeigen: Ihm fehlt { $missing }. Bitte die Verwaltung des Servers darum, oder nimm einen anderen Kanal.
E_ENGINE_ASLEEP = Die Maschine ist nicht wach, deshalb geht das gerade nicht. Versuch es in einer Minute noch einmal; der Betreiber sieht mit `tintype doctor`, woran es liegt.
E_DISCORD_AWAY = Discord sagt gerade nicht, wer Mitglied des Servers ist. Es hat sich nichts geändert; versuch es gleich noch einmal.
E_STUDIO_BUSY = Sehr viele benutzen gerade Tintype, deshalb dauerte das zu lange. Es wurde nichts geändert; versuch es gleich noch einmal.
E_METHOD = Ein Verfahren „{ $method }“ gibt es hier nicht. Nimm eines von diesen: { $known }.
E_METHOD_BASE = { $method } geht mit dem Basismodell hier, { $base }, nicht. Nimm eines von diesen Verfahren: { $known }.
E_EDIT_BASE = Mit dem Basismodell hier, { $base }, lassen sich Fotos nicht ändern. Beginn stattdessen mit /imagine ein neues Bild aus dem Foto.
E_CLASS_WORD = Das Basismodell kennt „{ $class_word }“ nicht als Oberbegriff { $kind ->
    [person] einer Person
    [animal] eines Tiers
    [object] eines Gegenstands
   *[other] dafür
}. Nimm einen von diesen: { $known }.
E_WORD_OPEN = Die Klammer von <{ $word } wird nie geschlossen, so wäre es gewöhnlicher Text. Schreib <{ $word }>, oder <{ $word }:0.8> für weniger davon. Es wurde nichts eingereiht.
E_KIND_NEEDED = Sag zuerst, was die Fotos zeigen: eine Person, ein Tier, einen Gegenstand oder einen Stil. Die Knöpfe stehen unter den Fotos.
E_KIND = Tintype lernt eine Person, ein Tier, einen Gegenstand oder einen Stil. Nimm eines davon.
E_SHOW_ME = Es gibt noch nichts zu zeigen. Versuch es noch einmal, wenn die erste Probe gezeichnet ist.

# Bilder, von denen ausgegangen wird
E_IMAGE_ADULT = In einem altersbeschränkten Kanal entsteht und erscheint kein Bild, das von einem eingesandten ausging: Niemand weiß, wen das zeigt. Nimm einen anderen Kanal.
E_MADE_FOR_ADULTS = Das entstand in einem altersbeschränkten Kanal und erscheint nicht außerhalb davon. Lass *public* weg, dann siehst nur du es.
E_IMAGE_GONE = Diese Bilder gingen von einem eingesandten aus; das bleibt nur einen Tag und nur für das Mitglied, das es schickte. Schick es noch einmal mit `/imagine image:`.
E_SAID_WORDS = Sag in einfachen Worten, was das Foto zeigt; deine eigenen <Wörter> gehören in den Prompt, der es ändert.
E_STRENGTH_ALONE = Eine Stärke sagt, wie weit sich ein Bild vom Ausgangsbild entfernt, und es gibt keins. Gib eins mit `image:` an (auf der Befehlszeile `--image`), oder lass sie weg.
E_IMAGE_FILE = Unter „{ $path }“ ist kein Bild. Nenn eine Datei, die es gibt und die du lesen darfst.

# Vorlieben
E_NO_PRESET = Du hast keine Vorlage „{ $name }“. { $known ->
    [none] Leg eine mit `/settings save` an.
   *[other] Du hast: { $known }.
}
E_PRESET_NAME = Der Name einer Vorlage hat 1 bis 32 Buchstaben a–z, Ziffern, Leerzeichen, - oder _, und beginnt mit einem Buchstaben oder einer Ziffer. „{ $name }“ tut das nicht.
E_PRESET_EMPTY = Eine Vorlage braucht mindestens eine Option: ein Format, eine Anzahl, eine Qualität, was nicht ins Bild soll oder ein Ende für den Prompt.
E_TOO_MANY_PRESETS = Du hast { $most } Vorlagen, mehr gehen nicht. Lösch zuerst eine mit `/settings drop`.

## Fehler: Wörter und Prompts
E_WORD_NEEDED = Die Fotos brauchen ein Wort aus 3 bis 32 Buchstaben, Ziffern, - oder _, vorn ein Buchstabe, etwa `ana-dog`.
E_WORD_NOT_LEARNED = <{ $word }> ist noch nicht gelernt, deshalb lässt sich damit nichts zeichnen. `/queue` zeigt, wie lange es noch dauert; eines aus einer Datei wartet auf *Einschalten*, siehe `/words card`.
E_WORD_FOREIGN_BASE = <{ $word }> wurde für { $base } gemacht, und dieses Studio hat ein anderes Basismodell. Drück auf *Neu trainieren* bei `/words card`.
E_PROMPT_EMPTY = Der Prompt ist leer. Schreib, was zu sehen sein soll, etwa `<ana-dog> on the beach`.
E_TOO_MANY_WORDS = Im Prompt stehen { $count } Wörter; in ein Bild passen höchstens { $most }. Nimm welche heraus.

## Fehler: Fotos und Dateien
E_INTAKE_OFF = Dieses Tintype nimmt zurzeit keine neuen Fotos: Wer es betreibt, hat das geschlossen. Gelernte Wörter gehen wie bisher.
E_UPLOAD_HOST = „{ $name }“ ist keine Datei, die zu Discord hochgeladen wurde. Häng das Foto selbst an.
E_UPLOAD_EXPIRED = Discord gibt „{ $name }“ nicht mehr heraus. Schick es noch einmal.
E_UPLOAD_FAILED = „{ $name }“ ließ sich nicht von Discord holen. Schick es in einer Minute noch einmal.
E_UPLOAD_BIG = „{ $name }“ ist größer als { $most_mb } MB. Schick eine kleinere Fassung.
E_UPLOADS_BIG = Diese Dateien sind zusammen größer als { $most_mb } MB. Schick weniger auf einmal; für den Rest gibt es *Fotos hinzufügen*.
E_TOO_FEW_PHOTOS = { $have ->
    [0] Es gibt kein brauchbares Foto
    [one] Es gibt nur ein brauchbares Foto
   *[other] Es gibt nur { $have } brauchbare Fotos
}; { $method } braucht mindestens { $need }. Drück auf *Fotos hinzufügen*.
E_TOO_MANY_PHOTOS = Es sind schon { $have } Fotos; mehr als { $most } gehen nicht. Entferne erst welche.
E_DRAFT_GONE = Diese Fotos wurden verworfen oder sind abgelaufen, deshalb gibt es nichts zu trainieren. Fang mit `/train` neu an.
E_DRAFT_USED = Dieses Training ist schon eingereiht. `/queue` zeigt es.
E_DRAFT_KEPT = Aus diesen Fotos wurde <{ $word }> gelernt, und sie bleiben für eine nächste Version. `/train word:{ $word }` holt sie zurück.
E_WHO_KIND = Wen die Fotos zeigen, ist nur bei Fotos einer Person die Frage. Lass `who:` und `member:` weg, oder wähl als Art eine Person.
E_WHO_MEMBER = Nenn mit `member:` das Mitglied, das die Fotos zeigen. Wer nicht auf diesem Server ist, kann nicht gelernt werden: Niemand könnte fragen.
E_WHO_ME = Du hast gesagt, die Fotos zeigen dich, und ein anderes Mitglied genannt. Lass eins von beiden weg.
E_WHO_BOT = Ein Bot kann nicht zustimmen. Für das Bild einer Figur wähl die Art, die sie ist, und kein Mitglied.
E_WHO_STRANGER = Wer nicht auf diesem Server ist, kann nicht gelernt werden: Fragen lässt sich nur ein Mitglied. Nimm `/train` auf einem Server, auf dem ihr beide seid.
E_WHO_HERE = Frag auf dem Server, auf dem diese Fotos abgegeben wurden: Dort ist bekannt, wer ihr beide seid.
E_WHO_LEFT = Das Mitglied, das diese Fotos zeigen, ist nicht mehr auf diesem Server und lässt sich nicht fragen; es wird nichts gelernt.
E_NOT_AGREED = Das Mitglied, das diese Fotos zeigen, hat genau diesen nicht zugestimmt. Drück im Bericht über die Fotos auf *Fragen*; vorher wird nichts gelernt.
E_DRAFT_ASKED = Das Mitglied, das diese Fotos zeigen, wird gerade zu genau diesen gefragt; jetzt lassen sie sich nicht ändern. `/train` mit dem Wort zeigt die Frage; nimm sie dort erst zurück.
E_WORD_PERSON = <{ $word }> ist schon ein Wort von dir und zeigt jemand anderen. Nimm für diese Fotos ein anderes Wort.
E_ASK_DECLINED = { $person } möchte das nicht und wird von dir frühestens <t:{ $again }:R> wieder gefragt. Bitte lass es bis dahin gut sein.
E_ASK_NEVER = Dafür müsste { $person } es erlauben, nimmt solche Fragen aber nicht an. Nimm ein anderes Wort oder Fotos von jemand anderem. Niemand wurde gefragt.
E_ASK_OPEN = { $person } hat schon eine Frage von dir zu beantworten. Warte auf die Antwort, oder nimm jene Frage erst zurück.
E_ASK_OFTEN = Du hast { $person } in 24 Stunden { $most } Mal gefragt. Lass Zeit; frag morgen wieder.
E_ASK_MANY = { $most } Fragen von dir warten schon auf Antwort. Warte auf eine davon, oder nimm eine zurück.
E_QUESTION_GONE = Diese Frage gibt es nicht mehr: Sie wurde zurückgenommen, oder worum es ging, wurde gelöscht. Es ist nichts mehr zu beantworten.
E_QUESTION_FOREIGN = Diese Frage ging an ein anderes Mitglied, und nur das kann sie beantworten. Es hat sich nichts geändert.
E_ASKER_LEFT = Das Mitglied, das dich gefragt hat, ist nicht mehr auf jenem Server; es ist nichts mehr zu beantworten. Von dir wird nichts gelernt oder benutzt.
E_PERSON_LEFT = Du bist nicht mehr auf dem Server, auf dem du gefragt wurdest; die Frage ist damit erledigt. Von dir wird nichts gelernt oder benutzt.
E_QUESTION_OVER = Diese Frage ist erledigt: { $state ->
    [yes] du hast Ja gesagt. Wenn du es dir anders überlegst, nimm `/privacy`, oder `/words unshare`, wenn es um ein Wort geht
    [no] du hast Nein gesagt, und dabei bleibt es
    [expired] niemand hat sie rechtzeitig beantwortet
    [revoked] du hast dein Ja zurückgenommen
   *[other] sie wurde zurückgenommen, bevor eine Antwort kam
}. Es ist nichts mehr zu beantworten.
E_CONSENT_UNREAD = Über diesem Knopf stand nicht, wozu eine Person zustimmt, bevor sie gelernt wird. `/show` holt die Fotos damit zurück; stimm dort zu.
E_PHOTOS_PUBLIC = Fotos erscheinen nie in einem Kanal. Lass *public* weg, dann siehst nur du sie.
E_PHOTO_GONE = Dieses Foto ist nicht mehr da. Blättere um oder drück auf *Fotos hinzufügen*, dann siehst du die Liste, wie sie jetzt ist.

## Fehler: die Maschine und ihre Befehlszeile
E_INTERNAL = In der Maschine ist etwas kaputtgegangen. Es steht unter der Nummer `{ $number }` in ihrem Protokoll; nenn sie dem Betreiber, wenn es noch einmal geschieht. Deine Fotos und Wörter bleiben: Versuch es noch einmal.
E_BUSY = Die Maschine lernt gerade ein anderes Wort. Warte, bis sie fertig ist; es läuft immer nur ein Training.
E_VERB = Die Maschine kennt die Anfrage „{ $verb }“ nicht. Bot und Maschine sind von verschiedenen Versionen: Richte beide aus demselben Stand ein und starte sie neu.
E_ATTEMPT = Die Maschine kann den Ordner des Auftrags nicht lesen („{ $field }“). Bot und Maschine sind von verschiedenen Versionen: Richte beide aus demselben Stand ein und starte sie neu.
E_JOB_KIND = Die Maschine kennt keine Aufträge der Art „{ $kind }“. Bot und Maschine sind von verschiedenen Versionen: Richte beide aus demselben Stand ein und starte sie neu.
E_CHECKPOINT = Der gesicherte Stand dieses Auftrags ist beschädigt. Er beginnt wieder von vorn.
E_NO_CONSENT = Um eine Person zu lernen, muss sie selbst zugestimmt haben, und dieser Auftrag trägt keine Zustimmung. Fang mit `/train` neu an und stimm dort zu; auf der Befehlszeile gib `--i-am-this-person` an, wenn du mindestens 18 bist.
E_DISK_LOW = Die Festplatte dieses Tintype ist fast voll ({ NUMBER($free_mb) } MB frei, { NUMBER($floor_mb) } MB nötig), deshalb wird nichts Neues angenommen. Was läuft, läuft weiter, und nichts geht verloren. Der Betreiber muss Platz schaffen; versuch es dann noch einmal.
E_DISK_FULL = Die Festplatte dieses Tintype ist voll, deshalb ließ sich nichts speichern. Was vorher gespeichert war, ist unversehrt. Der Betreiber muss Platz schaffen; versuch es dann noch einmal.
E_NO_MEMORY = { $device ->
    [cuda] Der Grafikkarte
   *[other] Dem Rechner
} ging der Speicher aus ({ $free_mib } MiB frei), und Tintype hat es schon mit weniger versucht. Schließ, was sonst noch läuft, oder nimm ein kleineres Basismodell.
E_UPSCALER_LOAD = Das Modell zum Vergrößern „{ $upscaler }“ lässt sich nicht laden. TINTYPE_UPSCALER nennt besitzer/name@revision von einem, das mit `tintype-trainer models get` geholt wurde, oder einen Ordner mit einer StableDiffusionLatentUpscalePipeline und safetensors.
E_IMAGE_PROMPT_LOAD = Der Bild-Prompt-Adapter „{ $adapter }“ lässt sich nicht laden. TINTYPE_IMAGE_PROMPT nennt eine einfache IP-Adapter-Datei (.safetensors), neben der der Ordner image_encoder liegt.
E_IMAGE_PROMPT_FITS = Der Bild-Prompt-Adapter „{ $adapter }“ wurde für ein anderes Basismodell als „{ $base }“ gemacht, oder mit einem anderen Bild-Encoder als dem, der daneben liegt.
E_NO_IMAGE_PROMPT = Das Basismodell „{ $base }“ nimmt hier kein Foto neben einem Prompt an, deshalb gibt es keine Vorschau vor dem Training. Wer dieses Tintype betreibt, kann einen Adapter dafür angeben (TINTYPE_IMAGE_PROMPT).
E_VAE_LOAD = Der VAE „{ $vae }“ lässt sich nicht laden. TINTYPE_VAE nennt besitzer/name@revision von einem, der mit `tintype-trainer models get` geholt wurde, oder einen Ordner mit seiner config.json und seinen .safetensors.
E_METHODS_FILE = Die Datei aus TINTYPE_METHODS, { $path }, lässt sich nicht benutzen ({ $reason }). `tintype-trainer methods` zählt Verfahren und ihre Einstellungen auf.
E_LIKENESS_LOAD = Das Modell für Ähnlichkeit „{ $model }“ lässt sich nicht laden. TINTYPE_LIKENESS nennt einen Ordner mit DINOv2, CLIP oder SigLIP: config.json, preprocessor_config.json und model.safetensors.
E_CAPTIONER_LOAD = Der Bildbeschreiber „{ $model }“ lässt sich nicht laden. TINTYPE_CAPTIONER nennt einen Ordner mit BLIP, Florence-2 oder GIT im Aufbau von transformers: Einstellungen, Vokabular und model.safetensors.
E_FACES_LOAD = Die Gesichtsmodelle in „{ $folder }“ lassen sich nicht laden. TINTYPE_FACES nennt einen Ordner mit zwei Dateien aus OpenCVs Zoo: face_detection_yunet_….onnx und face_recognition_sface_….onnx.
E_VAE_FITS = Der VAE „{ $vae }“ passt nicht zum Basismodell „{ $base }“: { $what ->
    [latent_channels] Seine Zahl latenter Kanäle
    [pixels_per_latent] Seine Zahl von Pixeln je Latent
   *[other] Sein Maßstab der Latents ({ $what })
} ist { $theirs }, beim Basismodell { $ours }. Nimm einen, der für diese Art von Basismodell gemacht ist, oder lass TINTYPE_VAE leer.
E_BASE_LOAD = Das Basismodell „{ $base }“ lässt sich nicht laden; warum, steht im Protokoll der Maschine. `tintype-trainer models list` zeigt, was da ist.
E_IMAGE_TOO_BIG = Das Bild passt nicht in { $limit_kib } KiB, wie man es auch packt. Verlang ein kleineres.
E_MODEL_UNCHECKED = Von „{ $name }“ gibt es keine Bildprüfung als .safetensors. Hol das Modell ohne `--safety-checker`, und nenn in TINTYPE_OUTPUT_CHECK_DIR den Ordner einer anderen.
E_OUTPUT_CHECK = TINTYPE_OUTPUT_CHECK ist „{ $value }“, und so eine Prüfung gibt es nicht. Meintest du { $nearest }? Bekannt sind: { $known }.
E_CLIP_NONE = Mit { $base } geht kein ästhetischer Gradient: Sein Textencoder ist kein ganzes CLIP, also haben Wörter und Bilder keinen gemeinsamen Raum. Nimm eine andere Methode.
E_NO_CLIP = Ästhetische Gradienten brauchen { $clip }, und das ist nicht auf diesem Rechner. Wer Tintype betreibt, holt es mit `tintype-trainer models get { $clip }@main` (1,7 GB).
E_CLIP_FITS = { $clip } gehört nicht zum Textencoder von { $base }, also geht damit kein ästhetischer Gradient. Nimm eine andere Methode.
E_OUTPUT_CHECK_MISSING = Die Bildprüfung ({ $check }) ist verlangt, aber ihre Dateien sind in keinem dieser Ordner: { $places }. Ohne sie wird nichts gezeichnet. Leg ihre config.json und .safetensors dorthin, oder setz TINTYPE_OUTPUT_CHECK auf off.
E_OUTPUT_CHECK_LOAD = Die Bildprüfung { $check } lässt sich nicht aus { $folder } laden; warum, steht im Protokoll der Maschine. Ohne sie wird nichts gezeichnet. Hol ihre Dateien neu, oder setz TINTYPE_OUTPUT_CHECK auf off.
E_OUTPUT_CHECK_BROKEN = Die Bildprüfung { $check } ging kaputt, während sie ein Bild ansah; deshalb wird nichts davon gezeigt. Es steht im Protokoll der Maschine. Versuch es noch einmal; geschieht es wieder, sag es dem Betreiber.
E_CLASS_IMAGES_HELD = Die Bildprüfung hat zu viele der Bilder zum Oberbegriff zurückgehalten, an die sich dieses Training halten soll: { $wanted } sind gewünscht, { $have } sind da. Trainiere mit `class_images` 0; dann hält es sich an die Vorhersage des Basismodells selbst und braucht kein Bild.
E_HELD_BACK = { $count ->
    [one] Das Bild hat
    [2] Beide Bilder hat
   *[other] Alle { $count } Bilder hat
} die Bildprüfung zurückgehalten, deshalb wird nichts gezeigt. Versuch einen anderen Prompt.
E_METHOD_SYNTAX = „{ $setting }“ ist keine Einstellung. Schreib sie als Name=Wert, etwa `--set rank=8`.
E_PHOTOS_FOLDER = In „{ $folder }“ sind keine Fotos. Gib einen Ordner mit JPEG-, PNG-, WebP-, AVIF-, GIF- oder HEIC-Dateien von einem Motiv an.
E_CAPTION_MISSING = „{ $photo }“ hat keine Beschreibung: Daneben liegt keine „{ $file }“. Schreib in diese Datei, was das Foto zeigt, oder nimm das Foto heraus.
E_CAPTION_EMPTY = „{ $file }“ ist leer. Schreib hinein, was das Foto dieses Namens zeigt.
E_CAPTION_LONG = Die Beschreibung von „{ $photo }“ ist länger, als dieses Basismodell lesen kann: Ab „{ $rest }“ würde sie nicht gelernt. Kürze sie.
E_PHOTOS_FEW = { $have ->
    [one] Es gibt nur ein brauchbares Foto
   *[other] Es gibt nur { $have } brauchbare Fotos
}; { $method } braucht mindestens { $need }. Nimm mehr, von verschiedenen Seiten und in verschiedenem Licht.
E_OUT_FOLDER = „{ $path }“ lässt sich nicht schreiben: { $reason }. Nenn einen Ort, den es gibt und der dir gehört.
E_OUT_SUFFIX = „{ $path }“ muss auf .safetensors enden.
E_OUT_TAKEN = „{ $path }“ gibt es schon, und nichts wird überschrieben. Nenn einen anderen Ort.
E_WEIGHTS_FILE = Eine Datei „{ $path }“ gibt es nicht. Nenn eine .safetensors-Datei, die `tintype-trainer train` geschrieben hat.
E_WEIGHTS_STRENGTH = „{ $value }“ ist keine Stärke. Schreib nach dem Doppelpunkt eine Zahl von 0 bis 2, etwa `zed.safetensors:0.8`.
E_MERGE_MANY = Höchstens { $most } Dateien lassen sich auf einmal verschmelzen. Verschmilz erst einige davon.
E_MERGE_OPTION = { $option } sagt bei `--how { $how }` nichts. Lass es weg, oder verschmilz auf andere Art.
E_MERGE_BASES = „{ $file }“ wurde für { $made_for } gemacht, „{ $other }“ für { $other_for }; Wörter verschiedener Basismodelle lassen sich nicht verschmelzen. Trainiere eines davon auf dem des anderen neu.
E_MERGE_VECTORS = Die Versionen von <{ $word }> haben verschieden lange Embeddings, die sich nicht addieren lassen. Verschmilz Versionen, die mit gleich vielen Vektoren trainiert wurden.
E_MERGE_KIND = <{ $word }> ist ein Hypernetwork oder die Richtung eines Stils, zu der sich nichts addieren lässt. Schreib es im Prompt neben die anderen Wörter, oder trainiere es als LoRA.
E_MERGE_TEXT = Zusammen werden diese Wörter mit mehr als { $most } Buchstaben gesagt, mehr als Dateien verlangen dürfen. Verschmilz weniger.
E_MERGE_CUSTOM = <{ $word }> wurde nicht mit `custom_diffusion` und nur an Schlüsseln und Werten (`whole` 0) trainiert, und nur dafür kann `--how constrained` eine Lösung finden. Verschmilz es auf andere Art, oder trainiere es mit dieser Methode neu.
E_MERGE_TWICE = <{ $word }> steht zweimal da, und ein Wort kann nicht zweierlei zugleich bedeuten. Nenn eine Version davon, oder addiere beide mit `--how linear`.
E_MERGE_CROWDED = Diese Wörter nehmen { $count } Plätze ein, und der Text dieses Basismodells ist { $most } Zahlen breit: Mehr lässt sich nicht auseinanderhalten. Verschmilz weniger, oder trainiere sie mit weniger Vektoren.
E_COUNT = { $count } Bilder auf einmal gehen nicht; verlang 1 bis 4.
E_JOIN_LATER = Mehrere Rechner lassen sich noch nicht zu einem Tintype verbinden. Betreib eine Maschine auf dem Rechner des Bots: `make run` startet sie.
E_MODEL_NAME = „{ $name }“ nennt kein Modell. Schreib `besitzer/name@revision`; die Revision ist ein Commit, ein Zweig oder eine Marke.
E_MODEL_UNKNOWN = „{ $name }“ ist auf Hugging Face nicht zu finden. Prüf die Schreibweise von Besitzer, Name und Revision; für ein Modell, dessen Lizenz man erst annehmen muss, melde dich dort an.
E_MODEL_NETWORK = Hugging Face ist nicht zu erreichen: { $reason }. Prüf die Verbindung dieses Rechners und versuch es noch einmal; was schon geholt ist, bleibt.
E_MODEL_DISK = Das Modell braucht { $need_mib } MiB in { $folder }, und { $free_mib } MiB sind frei. Schaff Platz, oder setz TINTYPE_MODELS_DIR auf eine andere Platte.
E_MODEL_FORMAT = „{ $name }“ bietet kein vollständiges Modell, keinen VAE und kein CLIP in .safetensors. Etwas anderes lädt Tintype nicht, weil andere Formate Programme ausführen können.
E_MODEL_LICENCE = „{ $name }“ hat die Lizenz „{ $licence }“. Lies sie unter { $link }, und gib dann `--yes` an, wenn du sie annimmst.
E_MODEL_CHANGED = Die Datei „{ $file }“ des Modells „{ $name }“ ist nicht die, die geholt wurde. Lösch { $folder } und hol es neu mit `tintype-trainer models get { $name }`.
E_MODEL_MISSING = Das Modell „{ $name }“ ist nicht auf diesem Rechner. Hol es mit `tintype-trainer models get { $name }`.
E_MODEL_MEMORY = „{ $name }“ braucht zum Trainieren auf diesem Gerät etwa { $need_mib } MiB (berechnet), und es hat dafür { $have_mib } MiB. Nimm ein kleineres Basismodell, oder gib `--yes` an, um es trotzdem zu holen.
E_BLEND_FAMILY = „{ $name }“ ist { $family }, „{ $other }“ ist { $other_family }; nur Basismodelle einer Familie, die dasselbe vorhersagen, lassen sich verschmelzen.
E_BLEND_TENSOR = „{ $name }“ hat im Teil { $part } kein „{ $tensor }“ derselben Größe, ist also anders gebaut und lässt sich mit den anderen nicht verschmelzen.
E_BLEND_NAN = „{ $tensor }“ im Teil { $part } wird zu etwas, das keine Zahl ist, deshalb wurde nichts geschrieben. Eines der Modelle ist beschädigt, oder der Anteil ist für seine Genauigkeit zu groß.
E_BLEND_DISK = Das neue Modell braucht { $need_mib } MiB in { $folder }, und { $free_mib } MiB sind frei. Schaff Platz, oder nenn einen Ordner auf einer anderen Platte.

## Fehler: Ablage, Wörter, Rechte
E_WORD_FORM = „{ $word }“ kann kein Wort sein: Ein Wort hat 3 bis 32 Buchstaben a–z, Ziffern, - oder _, und beginnt mit einem Buchstaben. Wie wäre { $suggestion }?
E_WORD_RESERVED = „{ $word }“ bedeutet schon etwas und kann kein Wort sein. Nimm ein anderes, etwa my-{ $word }.
E_WORD_LEARNING = <{ $word }> wird gerade gelernt, deshalb geht noch keine nächste Version. Warte, bis es fertig ist; `/queue` zeigt, wie lange das dauert.
E_WORD_KIND = <{ $word }> ist schon ein Wort von dir für { $kind ->
    [person] eine Person
    [animal] ein Tier
    [object] einen Gegenstand
   *[style] einen Stil
}, und eine nächste Version zeigt dasselbe. Wähl diese Art, oder ein anderes Wort.
E_WORD_TAKEN = Du hast schon ein Wort <{ $word }>. Nimm ein anderes, oder lösch jenes zuerst mit `/words delete`.
E_LICENCE_FREER = <{ $word }> kam aus einem Paket mit der Lizenz { $licence ->
    [here] „nur hier zu benutzen“
    [cc-by] CC BY
   *[cc-by-nc] CC BY-NC
}; unter einer, die mehr erlaubt, lässt es sich nicht teilen oder weitergeben. Wähle diese Lizenz oder eine engere.
E_SHARE_REMOVED = { $server ->
    [none] Wer dieses Tintype betreibt, hat <{ $word }> entfernt
   *[other] Die Moderation von { $server } hat <{ $word }> entfernt
}. So lässt es sich nicht teilen, bis es wieder zugelassen wird. Darum kannst du bitten.
E_SHARE_TAKEN = Ein anderes Wort ist { $scope ->
    [guild] auf diesem Server
   *[instance] auf allen Servern dieses Bots
} schon als <{ $word }> geteilt, und ein Name darf dort nur ein Wort bedeuten. Gib deinem mit `/words rename` einen anderen Namen und teil es dann.
E_SHARE_PERSON = <{ $word }> zeigt eine Person und lässt sich deshalb nur mit einzelnen Mitgliedern teilen. Nimm bei `/words share` „Ein Mitglied“ und nenn es.
E_SHARE_SHOWN = <{ $word }> zeigt ein anderes Mitglied und lässt sich deshalb nur mit diesem teilen.
E_SHARE_SELF = <{ $word }> gehört dir schon. Nenn ein anderes Mitglied, mit dem du es teilen willst.
E_SHARE_SERVER = Sag, mit wem du <{ $word }> teilen willst: mit einem Mitglied oder einer Rolle. Rollen und „Dieser Server“ gibt es nur auf einem Server, nicht in Direktnachrichten.
E_SHARE_BOT = Bots können keine Wörter benutzen. Nenn ein Mitglied, mit dem du es teilen willst.
E_SHARE_NOT = <{ $word }> ist damit nicht geteilt. `/words card` zeigt, wer es benutzen darf.
E_MIX_PEOPLE = Wem <{ $word }> gehört, lässt es benutzen, aber nicht in einem Bild mit einer Person. Lass entweder <{ $word }> oder die Person weg.
E_MIX_ASK = Seit du gefragt hast, braucht es für diese Bilder noch mehr Erlaubnis. Schick den Prompt noch einmal: Dann werden alle gefragt, die gefragt werden müssen.
E_ORDER_GONE = Diese Bilder warten nicht mehr auf eine Wahl: Sie sind schon eingereiht, oder es ist zu lange her. Schick den Prompt noch einmal mit `/imagine`.
E_NO_SUCH_WORD = Ein Wort <{ $word }>, das du hier benutzen darfst, gibt es nicht.{ $nearest ->
    [none] {" "}`/words mine` listet deine auf; mit `/train` kommt ein neues dazu.
   *[other] {" "}Meintest du <{ $nearest }>?
}
E_WORD_OTHERS = <{ $word }> { $owner ->
    [none] gehört einem anderen Mitglied
   *[other] ist ein Wort von { $owner }
}; das kann nur das Mitglied, dem es gehört. `/words card` zeigt, was du damit darfst, `/words mine` listet deine auf.
E_PROMPT_LONG = Der Prompt hat { $count } Zeichen; { $most } passen. Kürze ihn.
E_STRENGTH = Eine Stärke geht bis { $most }; darüber zerfallen die Bilder. Schreib <{ $word }:1>, oder weniger.
E_BLOCKED = Die Moderation dieses Servers hat dich aus seinem Studio ausgesperrt{ $until ->
    [none] {""}
   *[other] {", bis"} <t:{ $until }:f>
}. Wenn das ein Irrtum ist, frag dort nach. `/mydata` und `/forget` gehen weiterhin.
E_BARRED = Der Betreiber dieses Tintype hat dich ausgesperrt{ $until ->
    [none] {""}
   *[other] {", bis"} <t:{ $until }:f>
}. Wenn das ein Irrtum ist, frag ihn. `/mydata` und `/forget` gehen weiterhin.
E_ROLE_TRAIN = Auf diesem Server bringen nur Mitglieder mit { $roles } Wörter bei. Die Verwaltung des Servers kann das mit `/studio setup` ändern.
E_ROLE_IMAGINE = Auf diesem Server machen nur Mitglieder mit { $roles } Bilder. Die Verwaltung des Servers kann das mit `/studio setup` ändern.
E_HERE_TRAIN = In diesem Kanal werden keine Wörter gelernt. { $channels ->
    [none] Nimm einen anderen Kanal
   *[other] Nimm { $channels }
}; die Verwaltung des Servers kann das mit `/studio setup` ändern.
E_HERE_IMAGINE = In diesem Kanal werden keine Bilder gemacht. { $channels ->
    [none] Nimm einen anderen Kanal
   *[other] Nimm { $channels }
}; die Verwaltung des Servers kann das mit `/studio setup` ändern.
E_NO_PEOPLE = Auf diesem Server werden keine Wörter für Personen gelernt, nur für Tiere und Gegenstände. Die Verwaltung des Servers kann das mit `/studio setup` ändern.
E_CAP_COUNT = In diesem Kanal gehen höchstens { $most } Bilder auf einmal. Verlang weniger, oder nimm einen anderen Kanal; die Verwaltung des Servers kann das mit `/studio setup channel:` ändern.
E_CAP_QUALITY = Feiner als „{ $most ->
    [fast] Schnell
    [normal] Normal
   *[fine] Fein
}“ geht es in diesem Kanal nicht. Nimm das, oder einen anderen Kanal; die Verwaltung des Servers kann das mit `/studio setup channel:` ändern.
E_CAP_ENLARGE = In diesem Kanal werden keine Bilder vergrößert. Die Verwaltung des Servers kann das mit `/studio setup channel:` ändern.
E_FILTERED = Der Filter dieses Servers lässt diesen Text nicht zu. Sag es mit anderen Worten; die Moderation kann dir mehr sagen.
E_FILTER_FORM = Ein Filter hat 1 bis { $most } Zeichen, darunter ein Buchstabe oder eine Ziffer. Schreib ein Wort, `katze*` für alle Endungen, oder ein Muster.
E_FILTER_REGEX = „{ $text }“ ist kein brauchbares Muster: { $why }. Vorausschau und Rückverweise gibt es hier nicht, weil sie ewig dauern können.
E_FILTER_WIDE = „{ $text }“ würde { $count } von { $total } harmlosen Prompts ablehnen, deshalb wurde es nicht behalten: { $prompts }. Fass es enger; `/studio filter test` probiert einen Text.
E_FILTER_MANY = Der Filter dieses Servers ist voll: { $most } Wörter und Muster. Nimm zuerst eins heraus.
E_FILTER_NONE = „{ $text }“ steht nicht im Filter dieses Servers, deshalb wurde nichts herausgenommen.
E_BARRED_NONE = Das Mitglied { $member } war nicht ausgesperrt, deshalb wurde nichts geändert. `tintype blocks list` zeigt, wer es ist.
E_BLOCK_WHOM = Dich selbst, einen Bot oder wer dieses Tintype betreibt, kannst du nicht sperren. Nenn ein anderes Mitglied.
E_BLOCK_DAYS = Eine Sperre dauert 1 bis { $most } Tage, oder bis du das Mitglied wieder einlässt. Drück noch einmal auf den Knopf und schreib so eine Zahl oder nichts.
E_BLOCK_NONE = Dieses Mitglied ist hier nicht gesperrt. `/studio reports` listet auf, wer es ist.
E_BLOCK_BOTH = Sperren oder einlassen, eins nach dem anderen; es wurde nichts geändert. Ein Grund oder eine Zahl von Tagen gehört zu `block:`.
E_REMOVAL_GONE = So einen Stil hat dieser Server nicht entfernt. `/studio reports` zeigt, was entfernt ist.
E_REPORT_CLOSED = Diese Meldung ist schon erledigt. `/studio reports` zeigt, was wartet.
E_NOT_MANAGER = Das können nur Mitglieder, die diesen Server verwalten dürfen. Frag jemanden von ihnen.
E_NOT_YOURS = Das gehört einem anderen Mitglied, und nur das darf es. Fang mit `/imagine` oder `/train` etwas Eigenes an.
E_PERSON_ADULT = Ein Wort für eine Person wird nie in einem altersbeschränkten Kanal benutzt. Nimm einen anderen Kanal.
E_TRAINING_BACK = Die Person, die <{ $word }> zeigt, hat ihre Einwilligung zurückgenommen; das Wort wird deshalb nicht gelernt. Das ist ihr Recht, ohne Begründung.
E_CONSENT_BACK = Die Person hinter <{ $word }> hat ihre Einwilligung zurückgenommen, deshalb wird damit nichts mehr gezeichnet. Nimm das Wort aus dem Prompt.
E_WORD_CLOSED = <{ $word }> steht dir nicht mehr offen, deshalb wird damit nichts gezeichnet. Nimm das Wort aus dem Prompt, oder bitte, wem es gehört, es wieder mit dir zu teilen.
E_BLOB_GONE = Diese Datei wurde gelöscht und lässt sich nicht mehr zeigen oder benutzen. `/show` und `/words mine` listen auf, was da ist.
E_BLOB_BROKEN = Eine Datei davon ist beschädigt und nicht zu gebrauchen. Mach es neu und sag es dem Betreiber; er sollte die Festplatte prüfen und mit `tintype restore` eine Sicherung zurückholen.
E_MASTER_KEY = Die Datei mit dem Hauptschlüssel ist nicht die, mit der diese Daten verschlüsselt wurden. Leg die richtige dorthin, wo TINTYPE_MASTER_KEY_FILE es sagt, oder hol sie aus deiner Kopie zurück.
E_TOO_MANY_JOBS = Davon hast du schon { $count }, die warten oder laufen; { $most } auf einmal gehen. Der nächste geht, wenn etwas fertig ist, etwa <t:{ $when }:R>; `/queue` zeigt sie.
E_CLASS_WORD_FORM = „{ $class_word }“ kann kein Oberbegriff sein. Schreib ein oder zwei gewöhnliche englische Wörter, etwa dog oder coffee mug.
E_PACK_BIG = Das Paket von <{ $word }> hat { $size }, mehr, als Discord hier annimmt ({ $most }). `/words export` ohne `as` gibt die Gewichte allein, die passen.
E_EXPORT_BIG = <{ $word }> hat { $size }, mehr, als Discord hier annimmt ({ $most }). Nimm `/words export`, wo es mehr annimmt, etwa auf Servern mit Boost-Level 2 oder 3, oder lass das Wort mit einem Verfahren neu lernen, das kleinere Dateien macht: Textual inversion, bei den meisten Basismodellen auch LoKr.
E_ALREADY_OVER = Dieser Auftrag ist schon zu Ende, es gibt nichts anzuhalten. `/show` bringt ihn mit Knöpfen zurück, die gehen.
E_NOT_STARTED = Es hat noch nicht angefangen zu lernen, deshalb gibt es nichts zu behalten. Drück auf *Abbrechen*, um es fallen zu lassen.
E_PICTURE_GONE = Diese Bilder wurden gelöscht. Fang mit `/imagine` neu an.
E_FORGET_FOREIGN = Dieser Knopf ist für die Daten eines anderen Mitglieds. Nimm selbst `/mydata` oder `/forget`.
E_POISON = Dieser Auftrag hat die Maschine { $attempts } Mal zum Stehen gebracht, ohne voranzukommen, und wurde deshalb aufgegeben. Deine Fotos und Wörter bleiben. Versuch es mit weniger Fotos oder einem anderen Verfahren, und nenn dem Betreiber die Nummer des Auftrags.
E_DATABASE_BROKEN = Die Datenbank { $path } ist beschädigt. Sie wurde nicht angerührt. Halt Tintype an, heb eine Kopie der Datei auf, und hol mit `tintype restore` die letzte Sicherung zurück.
E_DATABASE_NEWER = Die Datenbank { $path } stammt von einem neueren Tintype. Richte jene Version wieder ein, oder hol eine Sicherung von davor zurück.
E_SETTING_VALUE = { $name } ist „{ $value }“, muss aber so sein: { $wanted }. Ändere es in .env oder in der Umgebung.
E_SETTING_UNKNOWN = Eine Einstellung { $name } gibt es nicht.{ $nearest ->
    [none] {""}
   *[other] {" "}Meintest du { $nearest }?
} Alle stehen in .env.example.
E_LEASE_LOST = Dieser Versuch ist vorbei: Der Auftrag wurde abgebrochen, oder ein anderer Versuch ist an seiner Stelle.
E_ENGINE_LOST = Die Maschine blieb stehen. Sie wird von selbst neu gestartet, und Aufträge machen beim letzten gesicherten Stand weiter.
E_ENGINE_START = Die Maschine lässt sich nicht starten: { $reason }. Richte Tintype mit `make run` neu ein; mehr steht im Protokoll im Datenordner.
E_RESULT_BROKEN = Das Ergebnis der Maschine ist beschädigt („{ $file }“), deshalb wurde nichts davon behalten. Versuch es noch einmal; geschieht es wieder, sollte der Betreiber Speicher und Festplatte prüfen.
E_TOKEN = Discord nimmt dieses DISCORD_TOKEN nicht an. Öffne https://discord.com/developers/applications, wähl deine Anwendung, Bot, Reset Token, und schreib das neue in .env.
E_INTENTS = Discord lehnte die Verbindung ab (Code { $number }). Tintype verlangt keine besonderen Zugriffe; prüf die Einstellungen der Anwendung unter https://discord.com/developers/applications.
E_GATEWAY = Discord hat die Verbindung endgültig beendet (Code { $number }). Mehr steht im Protokoll; starte Tintype neu, und sieh auf https://discordstatus.com nach, wenn es wieder geschieht.
E_SANDBOX_PORT = Der Ersatz für Discord kann nicht an Port { $port } lauschen: { $reason }. Setz TINTYPE_SANDBOX_PORT auf einen anderen, oder auf 0 für irgendeinen freien.
E_NO_SANDBOX = Unter { $url } antwortet kein Ersatz für Discord. Starte einen mit `make run` in einem anderen Terminal, ohne DISCORD_TOKEN.
E_API_WITHOUT_TOKEN = DISCORD_API_URL ist { $url }, aber es gibt kein DISCORD_TOKEN, um sich dort anzumelden. Setz beide oder keins.
E_STYLE_GONE = Diesen Stil kannst du hier nicht mehr benutzen: Er wurde zurückgezogen, oder er ist an diesem Ort nicht geteilt. `/styles browse` zeigt, was es jetzt gibt.
E_LIST_GONE = Diese Liste von Stilen ist zu alt zum Blättern. Öffne sie neu mit `/styles`.
E_REPORT_PICTURES_OWN = Das sind deine eigenen Bilder. *Löschen* entfernt sie.
E_PICTURE_BACK = Die Person, die diese Bilder zeigen, hat ihre Einwilligung zurückgenommen; sie werden nicht mehr gezeigt, und es entsteht nichts mehr aus ihnen.
E_HIDDEN = Diese Bilder wurden gemeldet und bleiben verborgen, bis die Moderation sie angesehen hat. Mach andere mit `/imagine`.
E_REPORT_MINE = In dieser Meldung geht es um etwas von dir, deshalb entscheidet jemand anderes aus der Verwaltung dieses Servers.
E_QUOTA_TRAIN = Die Grenze dieses Servers für dich ist erreicht (Trainings in 24 Stunden: { $most }). Das nächste geht <t:{ $when }:R>.
E_QUOTA_IMAGINE = Die Grenze dieses Servers für dich sind { $most } Bilder in 24 Stunden{ $left ->
    [0] {" "}und erreicht
   *[other] ; davon sind noch { $left } frei
}. Was du verlangst, geht <t:{ $when }:R>{ $left ->
    [0] .
   *[other] , oder { $left } jetzt gleich.
}
E_QUOTA_NONE = Die Grenze dieses Servers für dich (davon in 24 Stunden: { $most }) liegt unter dem, was du verlangst: { $count }. Verlang weniger, oder frag die Verwaltung des Servers.
E_QUOTA_MANY = Ein Server kann { $most } Rollen begrenzen. Heb zuerst mit `/studio limits lift:` eine Grenze auf.
E_REPORT_OWN = Das ist dein eigener Stil. `/words share` ändert ihn, `/words unshare` zieht ihn zurück.
E_LIKE_OWN = Das ist dein eigener Stil. Dass er gefällt, sagen andere.
E_VERSION_GONE = Diese Version von <{ $word }> ist gelöscht, deshalb gibt es davon nichts mehr. *Prompt ändern*, oder <{ $word }> in einem neuen Prompt, nimmt die heutige Version.
E_POINT_GONE = Was zu diesem Zeitpunkt gelernt war, blieb eine Woche und ist jetzt weg. Wähl eine andere Zeile, oder trainiere eine neue Version.
E_LAST_VERSION = Das ist die letzte Version, die es von dem Wort noch gibt, und lässt sich deshalb nicht löschen. `/words delete` löscht das Wort.
E_WORD_GONE = Ein Wort in diesen Bildern wurde gelöscht, deshalb gibt es keine weiteren. Drück auf *Prompt ändern* und nimm es heraus.
E_LOCKED = { $folder } wird schon von einem anderen Tintype benutzt (Prozess { $pid }). Halt jenes an, oder gib diesem mit TINTYPE_DATA_DIR einen eigenen Ordner.
E_CONTROL = „{ $request }“ kann man Tintype nicht fragen. Der Befehl und das laufende Tintype sind von verschiedenen Versionen: Starte Tintype neu.
E_CONTROL_LOST = Tintype endete, bevor es antwortete; ob es geschehen ist, weiß niemand. Sieh mit `tintype doctor` nach, starte es wieder und wiederhol den Befehl.

# --- doctor: jede Zeile sagt, was ist, und was zu tun ist, wenn es nicht gut ist ---
doctor-ok = { "✓" } gut
doctor-warn = { "!" } ansehen
doctor-fail = { "✗" } beheben
doctor-healthy = Alles ist gut.
doctor-look = Es läuft; { $count ->
    [one] eine Sache verdient
   *[other] { $count } Sachen verdienen
} einen Blick.
doctor-sick = { $count ->
    [one] Eine Sache ist
   *[other] { $count } Sachen sind
} zu beheben, bevor Tintype arbeiten kann.
doctor-python = Python
doctor-python-ok = Python { $version } mit SQLite { $sqlite }.
doctor-python-old = Python { $version } ist zu alt. Richte Python 3.11 oder neuer ein, lösch .venv und ruf `make run` noch einmal auf.
doctor-memory = Speicher
doctor-memory-ok = { $free_mib } MiB sind frei.
doctor-memory-low = Nur { $free_mib } MiB sind frei; ein Training auf dem mitgelieferten Basismodell braucht bis zu { $need_mib }. Beende andere Programme, wenn Trainings am Speicher scheitern.
doctor-disk = Festplatte
doctor-disk-ok = { $free_gb } GB sind frei.
doctor-inspector = Prüfer
doctor-inspector-ok = Der Prozess, der die Fotos der Mitglieder öffnet, startet und arbeitet.
doctor-inspector-broken = Der Prozess, der die Fotos der Mitglieder öffnet, arbeitet nicht ({ $code }), deshalb lassen sich keine Fotos annehmen. Ruf `make run` noch einmal auf, um die Einrichtung zu reparieren; auf einem kleinen Rechner mach Speicher frei.
doctor-heic = HEIC-Fotos
doctor-heic-ok = Fotos von iPhones lassen sich öffnen.
doctor-heic-missing = HEIC-Fotos von iPhones lassen sich nicht öffnen; Mitglieder werden gebeten, JPEG zu schicken. Richte es ein mit `.venv/bin/pip install pillow-heif`.
doctor-data = Datenordner
doctor-data-ok = { $folder } gehört dir allein und lässt sich beschreiben.
doctor-data-new = { $folder } gibt es noch nicht; der erste Start legt ihn an.
doctor-data-open = Andere Benutzer dieses Rechners können in { $folder } hineinsehen. Verschließ ihn mit `chmod -R go= { $folder }`.
doctor-data-read-only = { $folder } lässt sich nicht beschreiben. Gib ihn mit `chown` dem Benutzer, unter dem Tintype läuft.
doctor-data-far = { $folder } liegt auf einer Netzwerkplatte ({ $kind }), wo eine Datenbank beschädigt werden kann. Setz TINTYPE_DATA_DIR auf einen Ordner auf einer Platte dieses Rechners.
doctor-running = Tintype
doctor-running-no = Tintype läuft hier nicht.
doctor-running-yes = Tintype läuft als Prozess { $pid }. Aufträge in Arbeit: { $running }, wartend: { $queued }.
doctor-unreadable = In { $count ->
    [one] einem Kanal
   *[other] { $count } Kanälen
} fehlt dem Bot das Recht „Nachrichtenverlauf anzeigen“; nach einer verlorenen Verbindung sieht er deshalb nicht, ob eine Nachricht ankam, und schickt sie vielleicht zweimal: { $channels }. Gib es ihm in den Einstellungen des Kanals zurück.
doctor-keys = Hauptschlüssel
doctor-keys-ok = { $file } öffnet die Schlüssel der Mitglieder. Heb eine Kopie dort auf, wo die Sicherungen nicht sind.
doctor-keys-new = { $file } gibt es noch nicht; der erste Start legt sie an. Heb dann eine Kopie dort auf, wo die Sicherungen nicht sind.
doctor-keys-open = Andere Benutzer dieses Rechners können { $file } lesen. Verschließ sie mit `chmod 600 { $file }`.
doctor-keys-lost = { $file } fehlt, und ohne sie lässt sich kein Foto, Wort oder Bild öffnen. Hol sie aus deiner Kopie zurück, oder setz TINTYPE_MASTER_KEY_FILE dorthin, wo sie ist.
doctor-database = Datenbank
doctor-database-ok = Die Datenbank ist unversehrt, { $size }.
doctor-database-new = Es gibt noch keine Datenbank; der erste Start legt sie an.
doctor-model = Basismodell
doctor-model-ok = { $name } ist hier, { $size_mb } MB, Lizenz { $licence }.
doctor-class-images = Bilder zu { $words ->
    [one] einem Oberbegriff
   *[other] { $words } Oberbegriffen
}, an die sich Trainings halten: { $size_mb } MB. `tintype-trainer models clear` löscht sie.
doctor-model-folder = Es wird aus dem Ordner { $folder } gelesen.
doctor-engine = Maschine
doctor-engine-ok = Sie startet mit { $title } auf { $device } und kennt { $methods ->
    [one] ein Verfahren
   *[other] { $methods } Verfahren
} zu lernen.
doctor-engine-loading = Sie lädt { $title }. Sieh in einer Minute noch einmal nach; wie weit es ist, steht im Protokoll.
doctor-check = Bildprüfung
doctor-check-ok = { $name } sieht jedes Bild an, bevor es erscheinen kann.
doctor-check-off = Sie ist AUS: kein Bild wird angesehen, bevor es erscheint. Setz TINTYPE_OUTPUT_CHECK und TINTYPE_OUTPUT_CHECK_DIR (docs/operating.md), oder verlass dich auf Meldungen und die Verwaltung der Server.
doctor-fits = Training
doctor-fits-ok = Ein LoRA braucht hier etwa { $need_mib } MiB, berechnet.{ $savings }
doctor-fits-low = Ein LoRA braucht etwa { $need_mib } MiB, berechnet, und das ist mehr, als da ist.{ $savings } Beende andere Programme, oder nimm ein kleineres Basismodell.
saving = { $what ->
    [quantised] der größte Teil des Basismodells liegt in acht Bit vor
    [offloads] VAE und Textencoder verlassen zwischen den Proben die Grafikkarte
    [is_8bit] AdamW hält seine Momente in acht Bit
    [is_checkpointing] Aktivierungen werden zweimal berechnet, was ein Drittel mehr Zeit kostet
    [batch_size] { $value } je Schritt
    [side] Bilder sind { $percent } % so breit und so hoch
   *[other] { $what }
} (−{ $saved_mib } MiB)
savings = {" "}Dafür: { $savings }.
doctor-enlarging = Vergrößern
doctor-enlarging-ok = { $name } zeichnet die Vergrößerungen.
doctor-enlarging-none = Das Basismodell zeichnet die Vergrößerungen. TINTYPE_UPSCALER kann ein Modell dafür nennen (docs/operating.md).
doctor-previews = Vorschau
doctor-previews-ok = { $name } zeichnet, was ein Foto zeigt, bevor es gelernt ist.
doctor-previews-none = Vor dem Training gibt es keine Vorschau. TINTYPE_IMAGE_PROMPT kann einen Adapter dafür nennen (docs/operating.md).
doctor-token = Bot-Token
doctor-token-ok = DISCORD_TOKEN ist gesetzt.
doctor-token-none = DISCORD_TOKEN ist nicht gesetzt, deshalb läuft `make run` auf einem Ersatz auf diesem Rechner. Leg unter https://discord.com/developers/applications einen Bot an, und schreib sein Token in .env.
doctor-token-form = DISCORD_TOKEN sieht nicht aus wie das Token eines Bots (drei Teile mit Punkten dazwischen). Kopier es neu: https://discord.com/developers/applications, deine Anwendung, Bot, Reset Token.
doctor-discord = Discord
doctor-discord-ok = Discord kennt diesen Bot als { $name }.
doctor-discord-refused = Discord lehnt DISCORD_TOKEN ab. Mach ein neues: https://discord.com/developers/applications, deine Anwendung, Bot, Reset Token; und schreib es in .env.
doctor-discord-away = { $url } ist nicht zu erreichen: { $reason }. Prüf die Verbindung dieses Rechners, seine Firewall, und https://discordstatus.com.
doctor-clock = Uhr
doctor-clock-ok = Die Uhr dieses Rechners stimmt mit der von Discord überein.
doctor-clock-ahead = Die Uhr dieses Rechners geht { $seconds } s vor. Stell sie mit `timedatectl set-ntp true`.
doctor-clock-behind = Die Uhr dieses Rechners geht { $seconds } s nach. Stell sie mit `timedatectl set-ntp true`.
doctor-logins = Anmeldungen
doctor-logins-ok = { $left } von { $total } Anmeldungen für heute sind übrig.
doctor-logins-few = Nur { $left } von { $total } Anmeldungen für heute sind übrig; bei keiner zieht Discord das Token ein. Finde heraus, was Tintype immer wieder startet.
doctor-servers = Server
doctor-servers-ok = Auf { $server } ({ $id }) hat er alle Rechte, die er braucht.
doctor-servers-none = Der Bot ist noch auf keinem Server. Öffne die Einladung, die `make run` ausgibt.
doctor-servers-threads = Auf { $server } ({ $id }) darf er nicht in Threads schreiben, deshalb werden Befehle dort abgelehnt. Erlaub „Nachrichten in Threads senden“ in den Einstellungen des Servers unter Rollen, wenn Mitglieder das wollen.
doctor-servers-lacking = Auf { $server } ({ $id }) fehlt ihm: { $lacking }. Öffne die Einladung von `make run` noch einmal, oder erlaub das in den Einstellungen des Servers unter Rollen.

# --- die Befehle des Betreibers ---
backup-made = Die Sicherung liegt in { $folder }: { $files ->
    [one] eine Datei
   *[other] { $files } Dateien
}, { $size }. Daneben wird keys.json bei jeder Sicherung und jedem /forget neu geschrieben: Heb immer die neueste auf. Der Hauptschlüssel { $master_key } ist in keinem von beiden; heb eine Kopie davon anderswo auf.
restore-sandbox = Dort hat der Ersatz für Discord seine Daten. Um einen Bot auf Discord zurückzuholen, schreib zuerst DISCORD_TOKEN in .env; dann wird { $folder } gefüllt.
restore-made = { $folder } enthält, was { $snapshot } enthielt. { $forgotten ->
    [0] Seitdem hatte niemand darum gebeten, vergessen zu werden.
    [one] Ein Mitglied hatte seitdem darum gebeten, vergessen zu werden, und wurde es.
   *[other] { $forgotten } Mitglieder hatten seitdem darum gebeten, vergessen zu werden, und wurden es.
}
guilds-allowed = { $guild } darf dieses Tintype benutzen.
guilds-waiting = { $guild } hat den Bot und darf ihn noch nicht benutzen: `tintype guilds allow { $guild }`
guilds-none = Noch darf kein Server dieses Tintype benutzen. Lad den Bot mit dem Link ein, den `make run` ausgibt, und gib den Server dann frei.
guilds-sandbox = Das ist der Ordner des Ersatzes, { $folder }: Dort darf jeder Server Tintype benutzen. Ist DISCORD_TOKEN gesetzt, geht es bei diesem Befehl um die Server deines Bots.
blocks-line = { $member } wird auf keinem Server bedient{ $until ->
    [none] {""}
   *[other] {" "}bis { $until }
}{ $reason ->
    [none] .
   *[other] : { $reason }
}
blocks-none = Niemand ist aus diesem Tintype ausgesperrt. `tintype blocks add` sperrt ein Mitglied auf allen Servern aus.
guilds-fixed = TINTYPE_GUILDS ist gesetzt, deshalb dürfen nur diese es benutzen, was auch immer hier freigegeben war: { $guilds }.
E_NO_DATA = { $folder } enthält keine Datenbank, es gibt also nichts zu sichern. Setz TINTYPE_DATA_DIR auf den Ordner, auf dem Tintype läuft.
E_MASTER_KEY_GONE = Der Hauptschlüssel { $file } fehlt. Eine Sicherung enthält ihn nicht: Leg deine Kopie dorthin, oder setz TINTYPE_MASTER_KEY_FILE dorthin, wo er ist, und hol noch einmal zurück.

# --- Sicherungen ---
E_BACKUP_BROKEN = Die Sicherung ist nicht zu gebrauchen: { $file } fehlt oder wurde seitdem geändert. Nichts wurde zurückgeholt. Nimm eine andere, oder bring jene Datei zurück.
E_BACKUP_FOLDER = In { $folder } lässt sich keine Sicherung ablegen: { $reason }. Nenn mit `--to` einen anderen Ordner, oder mach diesen beschreibbar.
E_BACKUP_STOPPED = Tintype wurde angehalten, während die Sicherung entstand; nichts davon wurde behalten. Mach sie noch einmal; Tintype muss dafür nicht laufen.
E_RESTORE_OVER = { $folder } enthält schon eine Datenbank, und darüber wird nie geschrieben. Räum den Ordner weg, oder setz TINTYPE_DATA_DIR auf einen leeren.

# --- Fotos ---
E_FORMAT = „{ $photo }“ ist kein Foto, das Tintype öffnen kann, wie es auch heißt. Schick eine JPEG-, PNG-, WebP-, AVIF-, GIF- oder HEIC-Datei.
E_HEIC = „{ $photo }“ ist ein HEIC-Foto, das dieses Tintype nicht öffnen kann. Stell die Kamera deines Telefons auf „Maximale Kompatibilität“ (iPhone: Einstellungen, Kamera, Formate), oder schick es als JPEG.
E_CORRUPT = „{ $photo }“ ist beschädigt und lässt sich nicht öffnen. Schick es noch einmal, oder speichere es vorher neu als JPEG oder PNG.
E_TRUNCATED = „{ $photo }“ ist abgeschnitten: Ein Teil der Datei fehlt. Schick es noch einmal, und lass es ganz hochladen.
E_BAD_METADATA = „{ $photo }“ trägt Notizen (Metadaten), die so groß oder kaputt sind, dass es sich nicht sicher öffnen lässt. Speichere es neu, oder schick ein Bildschirmfoto davon.
E_TOO_MANY_PIXELS = „{ $photo }“ hat { $width }×{ $height } px. Höchstens 50 Megapixel und 12.000 px je Seite lassen sich öffnen. Schick eine kleinere Fassung; 2.048 px reichen.
E_BAD_SHAPE = „{ $photo }“ hat { $width }×{ $height } px und ist damit mehr als { $most }-mal so lang wie breit. Schneid es auf das Motiv zu und schick das.
E_TOO_SMALL = „{ $photo }“ hat { $width }×{ $height } px; die kürzere Seite muss hier mindestens { $need } px haben. Schick ein größeres, nicht eine vergrößerte Fassung.
E_TOO_SLOW = „{ $photo }“ zu öffnen dauert zu lange. Speichere es neu als gewöhnliches JPEG oder PNG und schick das.
E_TOO_HEAVY = „{ $photo }“ zu öffnen braucht zu viel Speicher. Schick eine kleinere Fassung; 2.048 px reichen.
E_INSPECTOR = „{ $photo }“ ließ sich nicht ansehen, weil dieses Tintype seinen Prüfer nicht starten konnte. Schick es in einer Minute noch einmal; hilft das nicht, sag es dem Betreiber.
E_ZIP_BAD = „{ $photo }“ ist kein intaktes Zip, deshalb wurde darin nichts geöffnet. Pack die Fotos in ein neues Zip, oder schick sie einzeln.
E_ZIP_MANY = „{ $photo }“ enthält mehr als { $most } Dateien. Pack die besten 20 Fotos in ein Zip und schick das.
E_ZIP_TOO_BIG = „{ $photo }“ würde ausgepackt mehr als { $most_mb } MB haben, oder viel mehr, als zu seiner Größe passt. Pack weniger Fotos in ein Zip, oder schick sie einzeln.
E_ZIP_ENCRYPTED = „{ $photo }“ ist mit einem Passwort geschützt. Schick ein Zip ohne, oder die Fotos einzeln.
E_ZIP_EMPTY = In „{ $photo }“ ist kein Foto. Pack JPEG-, PNG-, WebP-, AVIF-, GIF- oder HEIC-Dateien hinein.
E_ZIP_NESTED = „{ $photo }“ ist ein Zip in einem Zip; das wird nicht geöffnet. Schick es für sich allein.
E_ZIP_MEMBER_BIG = „{ $photo }“ hat mehr als { $most_mb } MB. Schick eine kleinere Fassung davon.
W_SMALL = Nur { $width }×{ $height } px, weniger als die { $need } px, mit denen es lernt: Feinheiten werden weich.
W_BLURRY = Es wirkt unscharf; aus einem scharfen Foto lernt es mehr.
W_DARK = Es ist sehr dunkel; aus einem bei Tageslicht lernt es mehr.
W_PALE = Es ist fast weiß; aus einem mit weniger Licht lernt es mehr.
W_FLAT = Darauf ist kaum etwas zu sehen; lass es weg, oder nimm ein anderes.
W_ANIMATED = Es bewegt sich; nur das erste Bild wird benutzt.
W_DUPLICATE = Es sieht aus wie Foto { $other }; aus einer anderen Ansicht lernt es mehr.
W_FACES = Darauf sind { $count } Gesichter; aus Fotos einer Person allein lernt es mehr.
W_LEFT_OUT = Es gehört nicht zu den { $most } besten und bleibt deshalb weg.

# --- Pakete: der Text von LICENCE.txt ---
pack-licence-here =
    Dieses Paket ist die eigene Kopie des Wortes „{ $name }“ von dem Mitglied, dem es gehört.
    Niemand sonst bekommt damit eine Erlaubnis. Frag { $credits }, bevor du es benutzt.
pack-licence-cc-by =
    Das Wort „{ $name }“ und Bilder daraus darf jeder teilen und verändern, der { $credits } nennt.
    Creative Commons Attribution 4.0 International
    https://creativecommons.org/licenses/by/4.0/legalcode
pack-licence-cc-by-nc =
    Das Wort „{ $name }“ und Bilder daraus darf jeder teilen und verändern, der { $credits } nennt, aber nicht geschäftlich.
    Creative Commons Attribution-NonCommercial 4.0 International
    https://creativecommons.org/licenses/by-nc/4.0/legalcode
pack-licence-cc0 =
    Das Wort „{ $name }“ und Bilder daraus darf jeder für alles benutzen.
    Creative Commons Zero 1.0 Universal
    https://creativecommons.org/publicdomain/zero/1.0/legalcode

# --- Dateien mit Gewichten ---
E_IMPORT_GONE = Diese Gewichte warten nicht mehr: Sie wurden übernommen, verworfen, oder ein Tag ist um. Schick die Datei noch einmal mit `/words import`.
E_IMPORT_UNREAD = Wozu eine Person zustimmt, stand nicht über diesem Knopf. Schick die Datei noch einmal mit `/words import`.
E_IMPORT_OTHER = Das Aussehen eines anderen Mitglieds lässt sich noch nicht aus einer Datei übernehmen; sie wurde deshalb gelöscht. Jenes Mitglied kann sie selbst übernehmen, oder ihr beide fangt bei `/train` mit Fotos an.
E_IMPORT_BACK = Die Einwilligung zu <{ $word }> wurde zurückgenommen; die Bilder dazu werden nicht gezeigt, und einschalten lässt es sich nicht. *Verwerfen* löscht es.
E_IMPORT_ENABLED = <{ $word }> ist schon in Gebrauch. `/words delete` löscht es.
E_PACK_CARD = Die Karte in „{ $file }“ lässt sich nicht lesen: Ihr Eintrag „{ $entry }“ fehlt oder ist nicht, was er sein soll. Exportiere das Paket noch einmal.
E_PACK_NEWER = „{ $file }“ ist ein Paket eines neueren Tintype als dieses. Bitte, wer es gemacht hat, um die .safetensors darin, oder den Betreiber um eine neuere Version.
E_PACK_SUMS = „{ $part }“ in „{ $file }“ ist nicht, was seine Prüfsumme sagt; das Paket wurde unterwegs beschädigt oder verändert. Hol es noch einmal.
E_EMBEDDING_FILE = „{ $file }“ enthält kein Embedding eines Textencoders, wie AUTOMATIC1111 (`.pt`) oder diffusers (`learned_embeds.bin`) es speichern. Speichere es, wo es gemacht wurde, als .safetensors, und schick das.
E_PICKLE = „{ $file }“ ist eine Pickle-Datei (.pt, .ckpt, .bin, .pkl), die beim Öffnen jedes Programm ausführen kann; deshalb wurde sie nicht geöffnet; nur Hypernetworks und Embeddings werden daraus gelesen, ohne dass etwas läuft. Speichere die Gewichte dort, wo sie entstanden, als .safetensors (kohya, diffusers, AUTOMATIC1111 und OneTrainer können das), oder lass es https://huggingface.co/spaces/safetensors/convert auf einem Rechner tun, der nicht deiner ist, und schick das.
E_IMPORT_ZIP = „{ $file }“ wurde nicht ausgepackt: Es ist kein intaktes Zip, hat ein Passwort oder ein Zip darin, oder würde viel größer, als zu seiner Größe passt. Schick das Paket, wie `/words export` es gab, oder die .safetensors allein.
E_IMPORT_NOTHING = „{ $file }“ enthält kein LoRA und kein Embedding, oder mehrere. Schick ein Paket von Tintype, den Ordner, den peft speicherte, als Zip, oder eine .safetensors-Datei.
E_IMPORT_BIG = Die Gewichte in „{ $file }“ haben mehr als { $most_mb } MB; so viel braucht kein Wort. Schick ein LoRA von niedrigerem Rang.
E_HYPERNETWORK = „{ $file }“ ist kein Hypernetwork, mit dem Tintype zeichnen kann: Seine Schichten, seine Aktivierung oder seine Teile sind nicht so, wie AUTOMATIC1111 sie speichert. Speichere es dort noch einmal, oder trainiere das Wort hier.
E_IMPORT_KEY = „{ $file }“ hat einen Teil namens „{ $part }“, den Tintype weder als LoRA noch als Embedding übernehmen kann. Exportiere es als gewöhnliches LoRA.
E_IMPORT_SCALES = „{ $file }“ sagt nicht, wie stark seine Schichten sind; seine Zahlen allein bedeuten nichts. Schick den ganzen Ordner, den peft speicherte, auch adapter_config.json, als Zip.
E_IMPORT_FLAT = Bilder mit „{ $file }“ werden schwarz oder einfarbig, deshalb wurde es nicht übernommen. Es ist kaputt, oder für ein anderes Basismodell gemacht.
W_IMPORT_BASE = Es wurde mit { $made_for } gemacht, einem anderen Modell dieser Familie, und sieht hier vielleicht etwas anders aus.
W_IMPORT_SAME = Seine ersten Bilder sind mit ihm und ohne es gleich. Vielleicht braucht es ein anderes Auslösewort, oder es bewirkt gar nichts.
E_IMPORT_PEFT = In „{ $file }“ fehlt der Eintrag „{ $entry }“ in adapter_config.json, oder er sagt etwas, das Tintype nicht hat. Schick ein gewöhnliches LoRA.
E_WEIGHTS_BROKEN = Die Datei „{ $file }“ mit den Gewichten ist beschädigt oder abgeschnitten. Kopier, hol oder trainiere sie noch einmal.
E_WEIGHTS_HEADER = „{ $file }“ ist keine intakte .safetensors-Datei: Ihr Anfang lässt sich nicht lesen. Hol sie noch einmal.
E_WEIGHTS_TRUNCATED = „{ $file }“ ist abgeschnitten: Ein Teil der Gewichte fehlt. Hol oder schick es noch einmal, und lass es ganz hochladen.
E_WEIGHTS_MANY = „{ $file }“ enthält mehr als { $most } Tensoren; das tun die Gewichte keines Wortes. Schick die Datei eines LoRA oder Embeddings.
E_WEIGHTS_SHAPE = Die Tensoren von „{ $file }“ passen nicht zu seinen Bytes: Sie überschneiden sich, lassen Lücken oder haben unmögliche Größen. Exportiere es noch einmal.
E_WEIGHTS_METADATA = „{ $file }“ trägt mehr als { $most_kib } KiB an Notizen (Metadaten). Exportiere es ohne sie noch einmal.
E_WEIGHTS_NAMES = „{ $file }“ nennt seine Tensoren, wie es kein LoRA und kein Embedding tut. Exportiere es noch einmal mit dem Programm, das es gemacht hat.
E_WEIGHTS_INCOMPLETE = „{ $file }“ enthält von manchen seiner LoRA-Schichten nur eine Hälfte. Exportiere es noch einmal.
E_WEIGHTS_BASE = „{ $file }“ wurde für { $made_for } gemacht; dieses Tintype hat { $base }. Schick Gewichte dafür, oder trainiere das Wort hier.
E_WEIGHTS_NAN = In den Gewichten von „{ $word }“ stehen Werte, die keine Zahlen oder völlig unvernünftig sind; sie zeichnen nur Rauschen. Trainiere es neu.
E_WEIGHTS_FOREIGN = Diese Gewichte haben Schichten, die kein LoRA für diese Art von Basismodell hat. Nimm ein LoRA oder Embedding, das dafür gemacht ist.
E_WRONG_BASE = Diese Gewichte passen nicht zum Basismodell { $base }; sie wurden für ein anderes gemacht. Trainiere das Wort hier neu.

# --- Training ---
W_PROMPT_CUT = Der Prompt ist länger, als dieses Basismodell lesen kann: Ab „{ $rest }“ wirkte er nicht. Schreib das Wichtigste nach vorn.
W_NEGATIVE_CUT = Was nicht ins Bild soll, ist länger, als dieses Basismodell lesen kann; das Ende wirkte nicht. Schreib das Wichtigste nach vorn.
W_HELD_BACK = { $count ->
    [one] Ein Bild hat
   *[other] { $count } Bilder hat
} die Bildprüfung zurückgehalten; { $count ->
    [one] es wird
   *[other] sie werden
} nicht gezeigt. Versuch einen anderen Prompt.
W_SAMPLES_HELD = { $count ->
    [one] Eine Probe hat
   *[other] { $count } Proben hat
} die Bildprüfung zurückgehalten; an ihrer Stelle steht eine Kachel. Das Wort ist trotzdem gelernt.
W_CAPTION_CUT = Die Beschreibung von Foto { $photo } ist länger, als dieses Basismodell lesen kann: Ab „{ $rest }“ wurde sie nicht gelernt.
W_ENDED_EARLY = Bei Schritt { $step } begann es zu entgleisen und ließ sich nicht fangen; das hier ist das Beste von dem, was es vorher gelernt hatte. Wenn es falsch aussieht, lass Fotos weg, die ganz anders sind als die übrigen, und trainiere noch einmal.
W_MEMORY_BATCH = Der Speicher war knapp, deshalb wurde { $step ->
    [0] {""}
   *[other] ab Schritt { $step }{" "}
}aus { $now ->
    [one] einem Foto
   *[other] { $now } Fotos
} zugleich gelernt statt aus { $was }. Das ist etwas weniger ruhig.
W_MEMORY_SIZE = Der Speicher war knapp, deshalb wurde { $step ->
    [0] {""}
   *[other] ab Schritt { $step }{" "}
}aus kleineren Bildern gelernt: { $now } px statt { $was }. Feinheiten sind vielleicht weicher.
W_MEMORY_TWICE = Der Speicher war knapp, deshalb wurde { $step ->
    [0] {""}
   *[other] ab Schritt { $step }{" "}
}manches zweimal berechnet statt aufgehoben. Das dauerte länger; gelernt wurde dasselbe.
E_NO_SUCH_SETTING = Dieses Verfahren hat keine Einstellung „{ $setting }“. Es hat: { $known }.
E_SETTING_RANGE = „{ $value }“ geht für { $setting } nicht. Gib eine Zahl von { $low } bis { $high } an.
E_SETTING_CHOICE = „{ $value }“ geht für { $setting } nicht. Gib eines davon an: { $known }.
E_OPTIMIZER_MISSING = Der Optimierer „{ $optimizer }“ braucht das Paket { $package }, das hier nicht installiert ist. Installiere es, oder nimm adamw.
E_OPTIMIZER_DEVICE = Der Optimierer „{ $optimizer }“ rechnet nur auf einer NVIDIA-Grafikkarte. Nimm adamw oder prodigy.
E_DIVERGED = Das Training entgleiste bei Schritt { $step } und ließ sich auch langsamer nicht fangen. Trainiere noch einmal; geschieht es wieder, lass Fotos weg, die ganz anders sind als die übrigen.
E_NO_FAMILY = „{ $base }“ ist kein Basismodell einer Art, die Tintype kennt. Nimm eines aus Stable Diffusion 1.x, 2.x oder XL, oder aus Z-Image.
E_PREDICTS = Das Basismodell „{ $base }“ lässt sich nicht verwenden: Sein Netz { $predicts ->
    [edm] ist auf EDMs Rauschskala trainiert
    [sample] sagt das Bild selbst voraus
   *[other] sagt etwas anderes voraus ({ $predicts })
}, und Tintype kennt nur solche, die das Rauschen oder die Geschwindigkeit voraussagen. Nimm eines, in dessen scheduler_config.json epsilon oder v_prediction steht und kein sigma_data.
E_NO_DEVICE = Ein Gerät „{ $device }“ gibt es auf diesem Rechner nicht. Setz TINTYPE_DEVICE auf auto, cpu oder cuda.

## Das Terminal des Betreibers: tintype run
run-starting = Tintype startet mit dem Basismodell { $base }. Strg-C hält es an.
run-sandbox = Es gibt kein DISCORD_TOKEN, deshalb läuft es auf einem Ersatz für Discord auf diesem Rechner und hat seine Daten für sich in { $folder }.
run-token =
    Für das echte Discord: 1. Leg unter https://discord.com/developers/applications eine Anwendung an.
    2. Drück dort unter Bot auf Reset Token und kopier das Token; besondere Zugriffe (Privileged Intents) sind nicht nötig.
    3. Schreib DISCORD_TOKEN=<das Token> in .env (siehe .env.example) und starte neu; es gibt die Einladung aus.
run-try = Probier es in einem anderen Terminal aus: .venv/bin/tintype try --url { $url }
run-connected = Angemeldet als { $name }.
run-invite =
    Lad ihn mit den Rechten ein, die er benutzt, und mit keinen anderen:
    { $url }
run-unreachable = Discord ist unter { $url } nicht zu erreichen; neuer Versuch in { $wait } s.
run-engine = Die Maschine ist wach: { $base } auf { $device }, { $free_mib } von { $total_mib } MiB frei.
run-fits = Platz { $what ->
    [train] zum Trainieren
    [imagine] zum Zeichnen
   *[other] für { $what }
}: { $enough } (etwa { $need_mib } MiB, berechnet).{ $savings }
run-check = { $check ->
    [off] Bildprüfung: AUS. Kein Bild wird angesehen, bevor es erscheint. docs/operating.md sagt, wie man eine bekommt.
   *[other] Bildprüfung: { $check } sieht jedes Bild an, bevor es erscheint.
}
run-stopped = Tintype hat angehalten. Nichts ist verloren; was lief, geht beim nächsten Start weiter.

## Die Vorführung und die Messungen
E_DEMO_FOLDER = { $folder } enthält andere Dateien, deshalb schreibt die Vorführung nicht dorthin. Nenn mit `--out` einen leeren Ordner.
E_DEMO_BOT = Der Bot der Vorführung endete, bevor er sollte. { $log } sagt, warum.
E_DEMO_TRAINER = `tintype-trainer { $command }` misslang in der Vorführung ({ $reason }). Ruf es allein auf, um sein Protokoll zu sehen.
E_DEMO_ANSWER = Der Bot antwortete dem Mitglied der Vorführung anders als erwartet: „{ $seen }“
E_SHORTENED = { $file } lässt sich nicht auf { $most } kürzen: Das geht nur mit den Schichten von LoRAs, und von jeder bleibt etwas. Lass mehr zu, oder nimm das Ganze.
E_BENCH_FILE = Die Modelle oder die Liste der Bilder lassen sich nicht lesen ({ $reason }). Gib die sitters.json von `tintype-trainer bench sitters` an und eine JSON-Liste, wie `--help` sie beschreibt.
E_BENCH_SCRIPT = { $path } ist kein Skript, mit dem `bench train` vergleichen kann ({ $reason }). Gib `train_dreambooth_lora.py` oder `textual_inversion.py` aus den Beispielen des installierten diffusers an.
E_BENCH_METHOD = { $path } lehrt { $method }, nicht { $asked }. Lass `--method` weg, oder gib das Skript an, das dazu gehört.
E_BENCH_PYTHON = { $python } lässt sich nicht starten ({ $reason }). Gib `--reference-python` den Pfad eines Pythons.
E_BENCH_MISSING = Das Vergleichsskript braucht { $packages }, und { $python } hat das nicht. Installier es dort (torchvision mit `pip install --no-deps`, damit das vorhandene torch bleibt), oder gib mit `--reference-python` das Python an, das es hat.
E_BENCH_RUN = Das Training „{ $side }“ von `bench train` kam nicht bis zum Ende (Rückgabewert { $status }). Was es zuletzt sagte, steht hier: „{ $reason }“.
