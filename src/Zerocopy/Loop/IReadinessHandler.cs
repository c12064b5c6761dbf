namespace Zerocopy;

/// <summary>What a slot of the loop holds: a registration, a dialer, the waker.</summary>
internal interface IReadinessHandler
{
    /// <summary>An edge: these marks are new. Called on the loop's thread while it collects events, so it records and
    /// posts and does nothing else.</summary>
    void OnReadiness(Readiness readiness);
}
