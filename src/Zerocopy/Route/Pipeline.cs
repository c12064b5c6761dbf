using System.IO.Pipelines;
using Use = Zerocopy.EndpointResolver.Use;

namespace Zerocopy;

/// <summary>A reader, a writer or a duplex pipe of System.IO.Pipelines that was passed as such. That assembly is loaded
/// by whoever has one: there may be no descriptor for it, and the object behind an interface may be a stream as
/// well.</summary>
internal sealed class Pipeline
{
    private readonly IDuplexPipe? _duplex;

    internal Pipeline(PipeReader? reader, PipeWriter? writer)
    {
        Reader = reader;
        Writer = writer;
    }

    internal Pipeline(IDuplexPipe duplex) => _duplex = duplex;

    internal PipeReader? Reader { get; }

    internal PipeWriter? Writer { get; }

    /// <summary>Itself, or both ends of a duplex pipe, which is the program's object and is asked for each
    /// once.</summary>
    /// <exception cref="ArgumentException">It cannot be used so.</exception>
    internal Pipeline For(Use use, string parameter)
    {
        if (_duplex is not null)
        {
            return new Pipeline(
                _duplex.Input ?? throw ThrowHelper.Argument(parameter, "a duplex pipe without an Input"),
                _duplex.Output ?? throw ThrowHelper.Argument(parameter, "a duplex pipe without an Output"));
        }

        return (use & Use.Write) != 0 && Writer is null
            ? throw ThrowHelper.Argument(parameter, "a PipeReader, which cannot be written")
            : (use & Use.Read) != 0 && Reader is null
            ? throw ThrowHelper.Argument(parameter, "a PipeWriter, which cannot be read")
            : this;
    }

    /// <summary>Completes both for good. Who reads what was written sees an error if its stream was cut off.</summary>
    internal void Complete(bool reset)
    {
        try
        {
            (Writer ?? _duplex?.Output)?.Complete(reset ? ThrowHelper.CutOff() : null);
        }
        finally
        {
            (Reader ?? _duplex?.Input)?.Complete();
        }
    }
}
