// Relays, servers, tees, files and faults at once, for as long as it is told to; every byte checked, nothing left over.
using System.Globalization;
using System.Runtime.Versioning;
using Zerocopy.Soak;

[assembly: SupportedOSPlatform("linux")]

CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
if (SoakOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(SoakOptions.Usage);
    return 2;
}

return await SoakRun.RunAsync(options) ? 0 : 1;
