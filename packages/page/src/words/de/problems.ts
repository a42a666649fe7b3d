export const problemsWords = {
  name_without_time: {
    what: 'Ihr Name sagt nicht, wann sie aufgenommen wurde',
    remedy:
      'Setze unten die Zeit. Der Ton bleibt. Beim nächsten Mal: Lass den Namen mit dem Beginn in Unix-Sekunden enden, wie memo_1774000000.wav.',
  },
  name_not_a_recording: {
    what: 'Ihr Name endet nicht wie der einer Aufnahme',
    remedy:
      'Sende Dateien, die auf .bin, .wav, .ogg, .opus, .mp3, .flac, .m4a, .aac, .webm, .mka, .caf, .aiff, .au, .amr, .3gp oder .wma enden, und wandle andere vorher um.',
  },
  clock_in_future: {
    what: 'Sie beginnt in der Zukunft: Die Uhr des Geräts ging vor',
    remedy: 'Setze unten die Zeit. Der Ton bleibt.',
  },
  clock_too_old: {
    what: 'Sie beginnt vor 2024: Die Uhr des Geräts war nicht gestellt, oder die Zahl im Namen ist keine Zeit',
    remedy: 'Setze unten die Zeit. Der Ton bleibt.',
  },
  deleted: {
    what: 'Du hast diese Aufnahme gelöscht',
    remedy:
      'Um sie zurückzuholen, sende die Datei noch einmal: Die Liste dessen, was gesendet wird, bietet dann an, sie trotzdem zu nehmen.',
  },
  empty_file: {
    what: 'Die Datei ist leer',
    remedy:
      'Es wurde nichts aufgenommen, oder das Kopieren vom Gerät schlug fehl: Kopiere sie noch einmal vom Gerät und sende sie.',
  },
  erased_storage: {
    what: 'Die Datei enthält gelöschten Speicher und keinen Ton',
    remedy: 'Das Gerät hat keinen Ton hineingeschrieben: Da ist nichts, was gerettet werden könnte.',
  },
  no_frames: {
    what: 'Kein Ton darin ließ sich lesen',
    remedy: 'Kopiere sie noch einmal vom Gerät und sende sie. Die Bytes werden behalten.',
  },
  not_audio: {
    what: 'Was darin ist, ist kein Ton',
    remedy: 'Sieh nach, welche Datei gesendet wurde, und sende die richtige. Die Bytes werden behalten.',
  },
  unsupported_format: {
    what: 'Dieses Tonformat kann hier nicht gelesen werden',
    remedy:
      'Wandle sie um, zum Beispiel in .ogg, und sende das. Oder wer den Server betreibt, installiert ffmpeg; versuche es dann unten noch einmal. Die Bytes werden behalten.',
  },
  part_too_large: {
    what: 'Die Datei ist größer, als der Server sie nimmt',
    remedy: 'Teile sie, oder bitte den, der den Server betreibt, AFTERWORD_MAX_FILE_BYTES zu erhöhen.',
  },
  conversation_deleted: {
    what: 'Ihr ganzer Text wurde mit einem Gespräch gelöscht',
    remedy:
      'Der Ton bleibt. Um den Text zurückzuholen, sende die Datei noch einmal und wähle, sie trotzdem zu nehmen.',
  },
  poison: {
    what: 'Mehrere Worker sind dabei abgestürzt',
    remedy:
      'Versuche es unten noch einmal. Schlägt es wieder fehl, steht der Grund im Log des Servers. Der Ton bleibt.',
  },
  timeout: {
    what: 'Der Anbieter der Transkription hat nicht rechtzeitig geantwortet',
    remedy: 'Nichts zu tun, solange es von selbst weitergeht. Der Ton bleibt.',
  },
  overdue: {
    what: 'Es dauerte länger, als ein Versuch darf',
    remedy: 'Nichts zu tun: Was transkribiert ist, bleibt, und der nächste Versuch geht dort weiter.',
  },
  rate_limited: {
    what: 'Der Anbieter nimmt gerade keine weiteren Anfragen',
    remedy: 'Nichts zu tun, solange es von selbst weitergeht. Der Ton bleibt.',
  },
  upstream: {
    what: 'Der Anbieter hat mit einem Fehler geantwortet oder ist nicht zu erreichen',
    remedy:
      'Nichts zu tun, solange es von selbst weitergeht. Hält es an, sieht der, der den Server betreibt, auf der Seite „Betrieb“ nach. Der Ton bleibt.',
  },
  configuration: {
    what: 'Der Anbieter ist auf dem Server nicht richtig eingerichtet',
    remedy:
      'Wer den Server betreibt, berichtigt die Einstellung und startet ihn neu. Versuche es dann unten noch einmal. Der Ton bleibt.',
  },
  invalid_input: {
    what: 'Der Anbieter hat diesen Ton abgelehnt',
    remedy:
      'Höre ihn an: Der Ton bleibt. Nachdem ein anderer Anbieter eingerichtet wurde, versuche es unten noch einmal.',
  },
  defect: {
    what: 'Ein Fehler in Afterword hat die Arbeit beendet',
    remedy:
      'Melde ihn mit den Worten unten. Versuche es nach einem Update, das ihn behebt, noch einmal. Der Ton bleibt.',
  },
  blob_missing: {
    what: 'Der gespeicherte Ton ist nicht zu lesen',
    remedy: 'Sende die Datei noch einmal: Sie wird wieder gespeichert, und die Aufnahme geht weiter.',
  },
  storage_full: {
    what: 'Der Speicher des Servers für Ton ist voll',
    remedy: 'Nichts wurde gespeichert: Behalte die Datei. Wer den Server betreibt, muss Platz schaffen.',
  },
  unavailable: {
    what: 'Der Server erreicht seine Datenbank oder seinen Speicher gerade nicht',
    remedy: 'Behalte, was du hast, und versuche es bald noch einmal.',
  },
  busy: {
    what: 'Es kommen zu viele Uploads auf einmal an',
    remedy: 'Behalte die Datei: In ein paar Sekunden kann sie gesendet werden.',
  },
  too_many_requests: {
    what: 'Du hast in einer Minute öfter gefragt, als eine Person darf',
    remedy: 'Warte eine Minute und versuche es noch einmal.',
  },
  too_much_under_way: {
    what: 'Von dir wird mehr auf einmal gesendet, als eine Person darf',
    remedy: 'Sende es, wenn die anderen Uploads durch sind.',
  },
  too_much_queued: {
    what: 'Von dir wartet mehr Ton auf die Transkription, als von einer Person warten darf',
    remedy: 'Behalte die Datei: Sie kann gesendet werden, wenn etwas davon fertig ist.',
  },
  space_used_up: {
    what: 'Dein Platz für Ton ist aufgebraucht',
    remedy:
      'Behalte die Datei. Lösche, was du nicht brauchst, oder behalte Ton in den Einstellungen weniger Tage; sende sie dann noch einmal.',
  },
  too_many_unfinished: {
    what: 'Zu viele Dateien sind angefangen und nicht vollständig',
    remedy:
      'Wähle Dateien noch einmal, die nicht zu Ende gesendet wurden, oder warte: Was niemand fortsetzt, wird nach 7 Tagen entfernt.',
  },
  language_calls_used_up: {
    what: 'Das Sprachmodell wurde für dich heute so oft gefragt, wie es für eine Person darf',
    remedy: 'Nichts zu tun: Titel und Zusammenfassung entstehen später, bis dahin steht ein Auszug da.',
  },
  user_deleted: {
    what: 'Du hast hier alles gelöscht, was dein ist',
    remedy: 'Um neu anzufangen, sende eine Aufnahme und wähle, sie trotzdem zu senden.',
  },
  changed_meanwhile: {
    what: 'Es wurde inzwischen anderswo geändert',
    remedy:
      'Was du siehst, ist jetzt aktuell: Sieh, ob deine Änderung noch passt, und mache sie noch einmal.',
  },
  not_changed: {
    what: 'Die Änderung ging gerade nicht',
    remedy: 'Nichts wurde geändert: Versuche es bald noch einmal.',
  },
  not_deleted: {
    what: 'Es ließ sich gerade nicht löschen',
    remedy: 'Versuche es bald noch einmal: Zweimal löschen schadet nicht.',
  },
  not_in_time: {
    what: 'Der Server hat zu lange gebraucht',
    remedy: 'Was begonnen wurde, geht weiter. Versuche es bald noch einmal.',
  },
  not_found: { what: 'Es ist nicht mehr da', remedy: 'Es wurde vielleicht anderswo gelöscht.' },
  internal: {
    what: 'Im Server ist etwas schiefgegangen',
    remedy: 'Versuche es noch einmal. Geschieht es wieder, sage dem, der den Server betreibt, wann es war.',
  },
  scope_missing: {
    what: 'Du darfst das nicht',
    remedy: 'Wer den Server betreibt, kann dir das Recht geben, oder einen Schlüssel, der es hat.',
  },
  foreign_page: {
    what: 'Der Server hält diese Seite nicht für eine von seinen',
    remedy:
      'Öffne sie unter der Adresse des Servers. Wer ihn betreibt, kann weitere Namen in AFTERWORD_HOSTS eintragen.',
  },
  last_folder: { what: 'Es ist der einzige Ordner', remedy: 'Lege erst einen anderen an.' },
  too_many_folders: {
    what: 'Es gibt 50 Ordner, mehr gehen nicht',
    remedy: 'Entferne einen, der nicht mehr gebraucht wird.',
  },
  too_many_keys: {
    what: 'Es gibt 50 Schlüssel, mehr gehen nicht',
    remedy: 'Widerrufe einen, der nicht mehr gebraucht wird.',
  },
  too_many_webhooks: {
    what: 'Es gibt 10 Webhooks, mehr gehen nicht',
    remedy: 'Entferne einen, der nicht mehr gebraucht wird.',
  },
  too_many_devices: {
    what: 'Es gibt 20 Geräte, mehr gehen nicht',
    remedy: 'Entferne eines, das nicht mehr gebraucht wird.',
  },
  webhook_address: {
    what: 'An diese Adresse wird nichts gesendet',
    remedy:
      'Nimm eine https-Adresse des öffentlichen Internets. Für eine deines eigenen Netzes setzt der, der den Server betreibt, AFTERWORD_WEBHOOK_NETWORKS.',
  },
  webhook_disabled: {
    what: 'Der Webhook ist ausgeschaltet',
    remedy: 'Schalte ihn erst ein; ein Test geht vorher.',
  },
  last_identity: {
    what: 'Es ist das einzige Konto, mit dem du hereinkommst',
    remedy: 'Verknüpfe erst ein anderes.',
  },
  identity_taken: {
    what: 'Dieses Konto gehört jemandem, der hier eigene Sachen hat',
    remedy:
      'Melde dich damit an und sieh, was da ist. Wer den Server betreibt, kann beide vereinen: „afterword users adopt“.',
  },
  not_admitted: {
    what: 'Du darfst diesen Server nicht benutzen',
    remedy:
      'Bitte den, der ihn betreibt, dich hereinzulassen (AFTERWORD_SIGN_IN_PEOPLE), oder melde dich mit einem anderen Konto an.',
  },
  sign_in_failed: {
    what: 'Die Anmeldung ist nicht gelungen',
    remedy:
      'Versuche es noch einmal: Sie muss im selben Browser und innerhalb von zehn Minuten zu Ende gebracht werden.',
  },
  sign_in_unavailable: {
    what: 'Wer du bist, lässt sich gerade nicht prüfen: Der Anbieter antwortet nicht',
    remedy: 'Versuche es bald noch einmal. Wer den Server betreibt, findet den Grund im Log.',
  },
  session_ended: { what: 'Deine Sitzung ist zu Ende', remedy: 'Melde dich noch einmal an.' },
  key_mistyped: {
    what: 'Das ist kein Schlüssel: Ein Zeichen ist falsch oder fehlt',
    remedy: 'Kopiere den Schlüssel noch einmal, ganz: Er beginnt mit afw_ und hat 54 Zeichen.',
  },
  time_of_file: {
    what: 'Wann sie aufgenommen wurde, wurde danach geschätzt, wann ihre Datei zuletzt geschrieben wurde',
    remedy: 'Stimmt das nicht, ändere ihre Zeit.',
  },
  date_in_name: {
    what: 'Ihre Zeit steht im Datum in ihrem Namen',
    remedy: 'Stimmt das nicht, ändere ihre Zeit.',
  },
  clock_shifted: {
    what: 'Die Uhr des Rekorders ging vor, darum steht sie da, wo sie ankam',
    remedy: 'Stimmt das nicht, ändere ihre Zeit.',
  },
  time_not_taken: {
    what: 'Sie war schon mit einer anderen Zeit da, und die blieb',
    remedy: 'Stimmt die neue, ändere ihre Zeit.',
  },
};
