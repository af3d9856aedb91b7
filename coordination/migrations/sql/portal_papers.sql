-- Which versions were sent to the practice: letters to it and sheets for patients, never a paper of the center.
-- It reads as the owner of the tables, for the policies of the three tables would otherwise ask one another;
-- so nobody but the portal may ask it.
CREATE FUNCTION portal_papers() RETURNS TABLE (document_id bigint, version_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT version.document_id, version.id
    FROM coordination_documentversion version
    JOIN coordination_document document ON document.id = version.document_id
    JOIN patients_patient patient ON patient.id = document.patient_id
    WHERE patient.referred_by_id = portal_practice()
      AND (document.practice_id IS NULL OR document.practice_id = portal_practice())
      AND document.kind IN (
          'acknowledgement', 'please-send', 'plan', 'after-cycle', 'hold', 'stop', 'hand-back',
          'radiation-sheet', 'treatment-calendar', 'travel-card', 'family-page'
      )
      AND EXISTS (
          SELECT FROM coordination_documentsending sending
          WHERE sending.version_id = version.id AND sending.channel IN ('portal', 'mail-link')
      )
$$;

REVOKE EXECUTE ON FUNCTION portal_papers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_papers() TO fourfold_portal;
