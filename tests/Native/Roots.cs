// What xunit's assertions look for by reflection, and the native compiler would leave out.
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Xunit.Sdk;

namespace Zerocopy.Native;

internal static class Roots
{
    /// <summary>For each type of value of which a collection is ever compared, or asserted to be empty.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "A program, not a library.")]
    internal static void Keep()
    {
        _ = Array.Empty<byte>().AsTracker();
        _ = Array.Empty<int>().AsTracker();
        _ = Array.Empty<long>().AsTracker();
        _ = Array.Empty<TimeSpan?>().AsTracker();
    }
}
