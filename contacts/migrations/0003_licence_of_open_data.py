from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contacts', '0002_finding_contacts'),
    ]

    operations = [
        migrations.AddField(
            model_name='city',
            name='open_data_licence',
            field=models.CharField(choices=[('dl-de-zero', 'Datenlizenz Deutschland – Zero – Version 2.0'), ('dl-de-by', 'Datenlizenz Deutschland – Namensnennung – Version 2.0'), ('cc0', 'Creative Commons Zero 1.0')], default='dl-de-zero', help_text='Unter dieser Lizenz können andere die Angebote, Kontakte und Termine weiter benutzen.', max_length=12, verbose_name='Lizenz der offenen Daten'),
        ),
    ]
