// A file at one end or at both, moved by the kernel, adaptively and by copying: the same bytes, counts and positions,
// and what the model says.
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Zerocopy.Properties.Identity;
using Outcome = Zerocopy.Properties.Identity.Outcome;

namespace Zerocopy.Properties.Files;

[Collection(nameof(RealKernel))]
public sealed class FileIdentityTests(ITestOutputHelper output)
{
    private const int Cases = 150; // Each in three modes.
    private const byte Old = 0xEE;
    private const int DescriptorsKept = 80; // What pools and loops may keep; one lost a case would be many more.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private long _written;
    private long _inKernel;
    private int _runs;
    private int _refused;

    [Fact]
    public void A_file_at_any_end_is_moved_alike_in_every_mode()
    {
        int descriptors = Descriptors.Count();
        Property law = Prop.ForAll(FileCases.Any(), RunInAllModes);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithQuietOnSuccess(true), law);
        output.WriteLine(
            $"{_runs} transfers, {_refused} refused, {_written >> 20} MiB written, {_inKernel >> 20} in the kernel");
        Assert.True(_refused > 0, "nothing was refused: nothing was asked");
        Assert.True(
            Platform.HasKernel ? _inKernel * 4 >= _written : _inKernel == 0,
            $"{_inKernel} of {_written} bytes were moved by the kernel");
        Assert.InRange(Descriptors.Count(), 0, descriptors + DescriptorsKept);
    }

    private void RunInAllModes(FileCase c)
    {
        foreach (TransferMode mode in (TransferMode[])
            [TransferMode.RequireZeroCopy, TransferMode.Auto, TransferMode.CopyOnly])
        {
            if (mode != TransferMode.RequireZeroCopy || !c.IsAcross)
            {
                RunOrBeRefused(c, mode);
            }
        }
    }

    private void RunOrBeRefused(FileCase c, TransferMode mode)
    {
        byte[] old = new byte[c.OldBytes];
        Array.Fill(old, Old);
        byte[] lead = new byte[c.FromFile.Offset];
        Array.Fill(lead, Old);
        byte[] sourceAll = [.. lead, .. c.Content()];
        using CaseFile? from = c.From == FileEndKind.File
            ? new CaseFile(c.FromFile, sourceAll, c.IsSparse, isSource: true) : null;
        using CaseFile? to = c.To == FileEndKind.File
            ? new CaseFile(c.ToFile, old, isSparse: false, isSource: false) : null;
        using Party? feeder = from is null ? Party.Feed(c) : null;
        using Party? collector = to is null ? Party.Collect(c) : null;
        TransferEndpoint source = from?.Endpoint ?? feeder!.Endpoint;
        TransferEndpoint destination = to?.Endpoint ?? collector!.Endpoint;
        string what = $"{mode} of {c}";
        if (mode == TransferMode.RequireZeroCopy && !c.HasRoute)
        {
            _refused++;
            _ = Assert.Throws<NotSupportedException>(() => Transfer.Copy(source, destination, c.Options(mode)));
            from?.AssertPosition(0, what);
            to?.AssertPosition(0, what);
            return;
        }

        Outcome outcome = Outcome.Of(
            () => c.IsAsync
                ? Transfer.CopyAsync(source, destination, c.Options(mode)).AsTask()
                : Task.Run(() => Transfer.Copy(source, destination, c.Options(mode))),
            s_timeout);
        what = $"{outcome.Result} {outcome.Failure} of {what}";
        Judge(c, mode, outcome, what);
        from?.AssertPosition(c.Consumed, what);
        from?.AssertGoesOn(sourceAll, what);
        if (collector is not null)
        {
            Assert.True(collector.End(s_timeout).AsSpan().SequenceEqual(c.Expected()), $"wrong bytes: {what}");
        }
        else
        {
            to!.AssertPosition(c.Written, what);
            byte[] due = Overlay(old, c);
            Assert.True(to.ReadAll().AsSpan().SequenceEqual(due), $"wrong file: {what}");
            to.AssertGoesOn(due, what);
        }
    }

    private void Judge(FileCase c, TransferMode mode, Outcome outcome, string what)
    {
        TransferResult result = outcome.Result;
        long inKernel = result.BytesSpliced + result.BytesSendfile + result.BytesCopyFileRange;
        _runs++;
        _written += result.BytesWritten;
        _inKernel += inKernel;
        Assert.True(outcome.Failure is null && result.EndedBy == c.End, what);
        Assert.True(result.BytesConsumed == c.Consumed && result.BytesWritten == c.Written, what);
        Assert.True(result.BytesWritten == inKernel + result.BytesBuffered, what);
        Assert.True(result.LimitRemaining == c.LimitRemaining && outcome.Undelivered.Length == 0, what);
        Assert.True(c.IsAcross || result.FallbackError == 0, what);
        Assert.True(mode != TransferMode.CopyOnly || inKernel == 0, what);
        Assert.True(
            mode != TransferMode.RequireZeroCopy || result.BytesBuffered == c.Prefix, what);
    }

    /// <summary>What the destination's file must be: the old bytes, a hole up to the offset, the new ones.</summary>
    private static byte[] Overlay(byte[] old, FileCase c)
    {
        byte[] expected = c.Expected();
        int touched = c.ToFile is { Form: FileForm.Stream, Touches: true, Offset: > 0 } ? c.ToFile.Offset : 0;
        int end = Math.Max(touched, expected.Length == 0 ? 0 : c.ToFile.Offset + expected.Length);
        byte[] all = new byte[Math.Max(old.Length, end)];
        old.CopyTo(all, 0);
        expected.CopyTo(all.AsSpan(expected.Length == 0 ? 0 : c.ToFile.Offset));
        return all;
    }
}
