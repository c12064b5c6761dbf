// docs/kernels.md is what the runs on other kernels said: the records of eng/kernels, and the table of features.
using System.Globalization;
using System.Text;
using Xunit;
using Zerocopy.Conformance.Kernels;

namespace Zerocopy.Conformance.Meta;

public sealed class KernelsPageTests
{
    private const string WriteVariable = "ZEROCOPY_WRITE_KERNELS";

    private static readonly string s_file = SourceTree.PathOf("docs", "kernels.md");

    private static readonly KernelRecord[] s_records =
    [
        .. Directory.GetFiles(SourceTree.PathOf("eng", "kernels"), "*.txt").Select(file => new KernelRecord(file))
            .OrderBy(record => record.Version).ThenBy(record => record.Name, StringComparer.Ordinal),
    ];

    private readonly KernelRecord[] _kernels = [.. s_records.Where(record => record.Version is not null)];
    private readonly KernelRecord[] _libraries = [.. s_records.Where(record => record.Version is null)];

    [Fact]
    public void The_page_of_kernels_is_up_to_date()
    {
        string page = Write();
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            File.WriteAllText(s_file, page);
        }

        Assert.True(File.Exists(s_file) && File.ReadAllText(s_file) == page, "docs/kernels.md is stale: run the tests "
            + $"once with {WriteVariable}=1, look at the difference and commit it");
    }

    [Fact]
    public void Each_record_of_a_kernel_knows_every_feature_and_nothing_failed()
        => Assert.All(_kernels, record =>
        {
            Assert.Equal(KernelFeature.All.Select(feature => feature.Name).Order(), record.Features.Keys.Order());
            Assert.All(record.Tests, tests => Assert.Equal(tests.Value.Of, tests.Value.Passed));
        });

    private string Write()
    {
        StringBuilder page = new();
        page.Append(
            """
            # Kernels

            Which Linux kernels and C libraries the library was run on, what each kernel lacks, and what serves
            instead. Written by the tests, see `Meta/KernelsPageTests.cs`: from the records in `eng/kernels`, each of
            which is one run of the native tests, and from `Kernels/KernelFeature.cs`.

            ## The minimum

            **Linux 5.10** is the oldest kernel that the tests run on. Nothing later than Linux 4.11 is called without
            something else behind it, so older kernels that .NET itself supports should do; nobody has tried. There is
            nothing to configure: each call is asked of the kernel that is there, and what it refuses is copied
            ([concepts](concepts.md)).

            ## What was run

            `eng/kernels.sh` boots Debian's kernels in an emulator of a whole machine and runs the native tests there,
            a process for each class: on each of them in a night (`eng/check.sh --long`), and a part on 6.1 in every
            check. All of the tests, of which the native ones are the core, run on the kernel of whoever runs
            `eng/check.sh`; for us that was 6.18.


            """);
        AppendRuns(page, "kernel", _kernels);
        page.Append(
            """

            The C library was glibc. The same tests on musl, the C library of Alpine, compiled by the JIT
            (`eng/musl.sh`, in `--long`), on the kernel of the machine at hand. Those that are missing want an OpenSSL
            for musl, which Debian does not have. musl 1.2.5 is what .NET 10 supports (Alpine 3.20 and later); 1.2.3
            has no `statx`, `preadv2` and `pwritev2`, which are called by their numbers there.


            """);
        AppendRuns(page, "C library", _libraries);
        page.Append("\n## What not every kernel has\n\n| call | kernels | ")
            .AppendJoin(" | ", _kernels.Select(record => record.Version))
            .Append(" | what serves instead | what is lost |\n|---|---|").Insert(page.Length, "---|", _kernels.Length)
            .Append("---|---|\n");
        foreach (KernelFeature feature in KernelFeature.All)
        {
            string when = feature.Until is { } until ? $"{feature.Since} to before {until}" : $"since {feature.Since}";
            page.Append(CultureInfo.InvariantCulture, $"| {feature.What} | {when} | ")
                .AppendJoin(" | ", _kernels.Select(record => record.Features[feature.Name] ? "yes" : "no"))
                .Append(CultureInfo.InvariantCulture, $" | {feature.Fallback} | {feature.Lost} |\n");
        }

        page.Append(
            """

            A kernel may have more than its version says, because its distributor brought it back; the library asks, and
            does not compare versions.

            ## What differs besides

            - **A receive buffer that is made smaller on an open connection** (`SO_RCVBUF`, below the window that was
              offered already) makes old kernels (5.10) crawl over the loopback: what comes is dropped, and from then on
              the window opens only when the sender probes it, 26 KB in 200 ms. A program of 40 lines with `send` and
              `recv` does the same (5.10: 40 to 78 s for 6 MiB; 6.18: 0.2 s). Set the buffer before `connect`, or on
              the listener, and it takes 0.25 s. The library sets no receive buffer.
            - **`sendfile` and `splice` to a TCP socket** hand over one page at a time before 6.5, and many at once
              since (`MSG_SPLICE_PAGES`). The bytes and the results are the same.

            """);
        return page.ToString();
    }

    private static void AppendRuns(StringBuilder page, string what, KernelRecord[] records)
    {
        string[] parts = [.. records.SelectMany(record => record.Tests.Keys).Distinct().Order()];
        page.Append(CultureInfo.InvariantCulture, $"| {what} | ").AppendJoin(" | ", parts).Append(" |\n|---|")
            .Insert(page.Length, "---|", parts.Length).Append('\n');
        foreach (KernelRecord record in records)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {record.Name} | ").AppendJoin(" | ", parts.Select(part =>
                record.Tests.TryGetValue(part, out (int Passed, int Of) tests)
                    ? $"{tests.Passed} of {tests.Of}" : "")).Append(" |\n");
        }
    }
}
