import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.openapitools.client.ApiClient;
import org.openapitools.client.api.IntakeApi;
import org.openapitools.client.model.ApplicantIn;
import org.openapitools.client.model.CaseAcceptanceIn;
import org.openapitools.client.model.CaseView;
import org.openapitools.client.model.MaterialIn;
import org.openapitools.client.model.RegisteredView;
import org.openapitools.client.model.Registration;

/** Registers a case of ten days ago and accepts it as of three days later: county.json is its only argument. */
public class RegisterAndAccept {
    public static void main(String[] arguments) throws Exception {
        JsonNode county = new ObjectMapper().readTree(new File(arguments[0]));
        LocalDate received = LocalDate.now(ZoneId.of("Asia/Shanghai")).minusDays(10);
        RegisteredView registered = as(county, "station").registerCase(
            UUID.randomUUID().toString(),
            new Registration()
                .itemCode("MZ-003")
                .org(county.at("/orgs/station").asText())
                .channel(Registration.ChannelEnum.WINDOW)
                .applicant(new ApplicantIn()
                    .kind(ApplicantIn.KindEnum.PERSON)
                    .name("张小三")
                    .idType(ApplicantIn.IdTypeEnum.CITIZEN_ID)
                    .idNumber("52999919000101000X"))
                .materials(List.of(new MaterialIn().no(1).form(MaterialIn.FormEnum.COPY)))
                .receivedOn(received));
        CaseView accepted = as(county, "center").acceptCase(
            registered.getId(),
            UUID.randomUUID().toString(),
            new CaseAcceptanceIn().acceptedOn(received.plusDays(3)));
        if (!received.plusDays(3).equals(accepted.getAcceptedOn())) {
            throw new IllegalStateException("accepted on " + accepted.getAcceptedOn() + ", not " + received.plusDays(3));
        }
        System.out.println("accepted on the right date");
    }

    private static IntakeApi as(JsonNode county, String part) {
        ApiClient client = new ApiClient();
        client.updateBaseUri(county.get("base").asText());
        String token = county.at("/tokens/" + part).asText();
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
        return new IntakeApi(client);
    }
}
