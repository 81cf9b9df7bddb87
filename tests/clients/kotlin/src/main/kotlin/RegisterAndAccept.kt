import com.squareup.moshi.Moshi
import java.io.File
import java.time.LocalDate
import java.time.ZoneId
import java.util.UUID
import okhttp3.OkHttpClient
import org.openapitools.client.apis.IntakeApi
import org.openapitools.client.models.ApplicantIn
import org.openapitools.client.models.CaseAcceptanceIn
import org.openapitools.client.models.MaterialIn
import org.openapitools.client.models.Registration

/** Registers a case of ten days ago and accepts it as of three days later: county.json is its only argument. */
fun main(arguments: Array<String>) {
    @Suppress("UNCHECKED_CAST")
    val county = Moshi.Builder().build().adapter(Any::class.java).fromJson(File(arguments[0]).readText())
        as Map<String, Any>
    val received = LocalDate.now(ZoneId.of("Asia/Shanghai")).minusDays(10)
    val registered = api(county, "station").registerCase(
        UUID.randomUUID().toString(),
        Registration(
            itemCode = "MZ-003",
            org = (county["orgs"] as Map<*, *>)["station"] as String,
            channel = Registration.Channel.window,
            applicant = ApplicantIn(
                kind = ApplicantIn.Kind.person,
                name = "张小三",
                idType = ApplicantIn.IdType.citizen_id,
                idNumber = "52999919000101000X",
            ),
            materials = listOf(MaterialIn(no = 1, form = MaterialIn.Form.copy)),
            receivedOn = received,
        ),
    )
    val accepted = api(county, "center").acceptCase(
        registered.id,
        UUID.randomUUID().toString(),
        CaseAcceptanceIn(acceptedOn = received.plusDays(3)),
    )
    check(accepted.acceptedOn == received.plusDays(3)) { "accepted on ${accepted.acceptedOn}" }
    println("accepted on the right date")
}

private fun api(county: Map<String, Any>, part: String): IntakeApi {
    val token = (county["tokens"] as Map<*, *>)[part] as String
    val http = OkHttpClient.Builder().addInterceptor { chain ->
        chain.proceed(chain.request().newBuilder().header("Authorization", "Bearer $token").build())
    }.build()
    return IntakeApi(county["base"] as String, http)
}
