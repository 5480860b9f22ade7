from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pages', '0006_keep_texts_of_legal_pages'),
    ]

    operations = [
        migrations.AlterField(
            model_name='page',
            name='kind',
            field=models.CharField(choices=[('standard', 'Seite'), ('home', 'Startseite'), ('mission', 'Über uns (mit Arbeitsschwerpunkten)'), ('focus_area', 'Arbeitsschwerpunkt'), ('offer', 'Angebot'), ('call', 'Förderaufruf'), ('event', 'Veranstaltung'), ('news', 'Nachricht')], default='standard', max_length=16, verbose_name='Art der Seite'),
        ),
        migrations.AddConstraint(
            model_name='page',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['home', 'mission'])), fields=('city', 'kind'), name='page_kind_once_per_city', violation_error_message='Diese Art von Seite gibt es nur einmal, und Ihre Stadt hat sie schon.'),
        ),
        migrations.AddConstraint(
            model_name='page',
            constraint=models.CheckConstraint(condition=models.Q(('slug__in', ('kontakt', 'angebote', 'foerderung', 'termine', 'aktuelles', 'suche', 'daten', 'anfrage', 'hilfe', 'sprachmittlung-anfragen', 'barriere-melden', 'beleg', 'impressum', 'datenschutz', 'barrierefreiheit', 'leichte-sprache', 'gebaerdensprache')), _negated=True), name='page_slug_is_free', violation_error_message='Diese Adresse braucht die Website selbst. Bitte wählen Sie eine andere.'),
        ),
    ]
