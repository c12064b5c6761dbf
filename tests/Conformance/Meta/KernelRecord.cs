// What is kept of a run of the native tests on another kernel or C library.
using System.Globalization;

namespace Zerocopy.Conformance.Meta;

/// <summary>A file of eng/kernels: <c>eng/kernels.sh record</c> and <c>eng/musl.sh record</c> write them.</summary>
internal sealed class KernelRecord
{
    internal KernelRecord(string file)
    {
        foreach (string line in File.ReadLines(file))
        {
            switch (line.Split(' '))
            {
                case ["kernel", string release]:
                    Name = release;
                    Version = Version.Parse(string.Join('.', release.Split('.').Take(2)));
                    break;
                case ["libc", .. string[] words]:
                    Name = string.Join(' ', words);
                    break;
                case ["tests", string part, string passed, string of]:
                    Tests.Add(part, (int.Parse(passed, CultureInfo.InvariantCulture),
                        int.Parse(of, CultureInfo.InvariantCulture)));
                    break;
                case ["feature", string name, "yes" or "no"]:
                    Features.Add(name, line.EndsWith("yes", StringComparison.Ordinal));
                    break;
                default:
                    throw new FormatException($"{file}: {line}");
            }
        }
    }

    internal string Name { get; } = "";

    /// <summary>Of a kernel.</summary>
    internal Version? Version { get; }

    /// <summary>By the namespace they are in.</summary>
    internal Dictionary<string, (int Passed, int Of)> Tests { get; } = [];

    internal Dictionary<string, bool> Features { get; } = [];
}
