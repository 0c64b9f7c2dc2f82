import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import { type Form, objectOf } from "@sluice/model/stored-json/form.ts";

type RevisionType = RevisionLocation["revisionType"];
type Of<Type extends RevisionType> = Extract<RevisionLocation, { readonly revisionType: Type }>;

/** Each type has a member of its own that says where the revision is. */
const FORMS: { readonly [Type in RevisionType]: Form<Of<Type>> } = {
  S3: objectOf<Of<"S3">>({ revisionType: "text", s3Location: "object" }),
  GitHub: objectOf<Of<"GitHub">>({ revisionType: "text", gitHubLocation: "object" }),
  String: objectOf<Of<"String">>({ revisionType: "text", string: "object" }),
  AppSpecContent: objectOf<Of<"AppSpecContent">>({ revisionType: "text", appSpecContent: "object" }),
};
const ANY_TYPE = objectOf<Pick<RevisionLocation, "revisionType">>({ revisionType: "text" });

/** Of a revision, wherever one is stored. */
export const REVISION_FORM: Form<RevisionLocation> = {
  problemOf(value) {
    const problem = ANY_TYPE.problemOf(value);
    if (problem !== null) return problem;
    const { revisionType } = value as RevisionLocation;
    if (!Object.hasOwn(FORMS, revisionType)) return `its revisionType ${revisionType} is not known to this version`;
    return FORMS[revisionType].problemOf(value);
  },
  complete: (stored) => stored,
};
