namespace Zerocopy.Conformance.Meta;

/// <summary>What a test does in a process of its own, because it changes that process: switches, sandboxes, limits,
/// the user.</summary>
internal interface IChild
{
    /// <returns>The exit code: 0 when all went well. Anything else, and any exception, fails the test that started
    /// it.</returns>
    int Run(string[] args);
}
