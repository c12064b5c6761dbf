namespace Zerocopy;

/// <summary>Who is told of a descriptor: an end, a registration that many share, a listener.</summary>
internal interface IReadinessHandler
{
    /// <summary>An edge: these marks are new. Called on the loop's thread while it collects events, so it records and
    /// posts and does nothing else.</summary>
    void OnReadiness(Readiness readiness);
}
