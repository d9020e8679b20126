namespace McpWorkflows.Engine.ScriptProcesses.Messages;

/// <summary>
/// How each of a family of records goes over the wire: one tag and one pair of functions per record. Both ends are
/// the same build, so there are no versions.
/// </summary>
internal sealed class MessageTable<TMessage>
    where TMessage : class
{
    private readonly Dictionary<Type, (byte Tag, Action<WireWriter, TMessage> Write)> _writers = [];
    private readonly Dictionary<byte, Func<WireReader, TMessage>> _readers = [];

    public IReadOnlyCollection<Type> Types => _writers.Keys;

    public MessageTable<TMessage> With<T>(byte tag, Action<WireWriter, T> write, Func<WireReader, T> read)
        where T : TMessage
    {
        _readers.Add(tag, reader => read(reader));
        _writers.Add(typeof(T), (tag, (writer, message) => write(writer, (T)message)));
        return this;
    }

    public void Write(WireWriter writer, TMessage message)
    {
        if (!_writers.TryGetValue(message.GetType(), out var entry))
        {
            throw new InvalidOperationException($"'{message.GetType().Name}' has no encoding. Add it to {nameof(ScriptMessages)}.");
        }

        writer.Byte(entry.Tag);
        entry.Write(writer, message);
    }

    /// <summary>Throws <see cref="FrameFaultException"/>.</summary>
    public TMessage Read(WireReader reader) => _readers.TryGetValue(reader.Byte(), out var read)
        ? read(reader)
        : throw new FrameFaultException("a message of an unknown kind");
}
