using System.Net;
using System.Net.Http.Headers;
using McpWorkflows.Server.Http;

namespace McpWorkflows.Server.Tests.Http;

public class AccessTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("wrong", HttpStatusCode.Unauthorized)]
    [InlineData("0123456789abcdef0123456789abcdeX", HttpStatusCode.Unauthorized)]
    [InlineData(Token, HttpStatusCode.OK)]
    public async Task Token_Shown_IsCompared(string? shown, HttpStatusCode expected)
    {
        await using var bench = await HttpBench.StartAsync(options: new HttpOptions { Token = Token });
        var request = bench.Request("tools/list");
        if (shown is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shown);

        using var response = await bench.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(Token, text);
        if (expected == HttpStatusCode.Unauthorized)
        {
            Assert.Contains("access token", text);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("http://127.0.0.1.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("http://localhost:6274", HttpStatusCode.OK)]
    public async Task Origin_OfAPage_IsChecked(string origin, HttpStatusCode expected)
    {
        await using var bench = await HttpBench.StartAsync();
        var request = bench.Request("tools/list");
        request.Headers.Add("Origin", origin);

        Assert.Equal(expected, (await bench.SendAsync(request)).Status);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("192.168.7.7", HttpStatusCode.Forbidden)]
    [InlineData("localhost", HttpStatusCode.OK)]
    public async Task Host_AsCalled_IsChecked(string host, HttpStatusCode expected)
    {
        await using var bench = await HttpBench.StartAsync();
        var request = bench.Request("tools/list");
        request.Headers.Host = $"{host}:{bench.Url.Port}";

        Assert.Equal(expected, (await bench.SendAsync(request)).Status);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    public async Task Method_OtherThanPost_IsRefusedWith405(string method)
    {
        await using var bench = await HttpBench.StartAsync();
        using var response = await bench.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), bench.Url), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("0.0.0.0", null, "needs an access token")]
    [InlineData("0.0.0.0", "short", "at least 32")]
    [InlineData("127.0.0.1", "short", "at least 32")]
    [InlineData("127.0.0.1", "0123456789abcdef 0123456789abcdef", "blanks")]
    [InlineData("127.0.0.1", null, null)]
    [InlineData("0.0.0.0", Token, null)]
    public void Options_UnsafeCombination_SaysWhatToDo(string address, string? token, string? expected)
    {
        var problem = new HttpOptions { Address = IPAddress.Parse(address), Token = token }.Problem();

        if (expected is null)
            Assert.Null(problem);
        else
            Assert.Contains(expected, problem);
    }

    [Fact]
    public async Task Rate_BeyondTheBound_IsRefusedUntilItFalls()
    {
        await using var bench = await HttpBench.StartAsync(options: new HttpOptions { RequestsPerSecond = 1 });

        // All at once: one after another they may come more slowly than the bound.
        var statuses = (await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => bench.SendAsync(bench.Request("tools/list"))))).Select(answer => answer.Status).ToList();

        Assert.Contains(HttpStatusCode.OK, statuses);
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
    }
}
