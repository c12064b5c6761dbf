namespace Zerocopy.Properties.Simulation;

/// <summary>The flow did something that no kernel behaviour excuses.</summary>
internal sealed class LawBrokenException(string law) : Exception(law)
{
    internal static void Require(bool holds, string law)
    {
        if (!holds)
        {
            throw new LawBrokenException(law);
        }
    }
}
