"""TLS in front of the API, for clients whose endpoint is https://route53.amazonaws.com: front.py CERTIFICATE KEY."""

import asyncio
import ssl
import sys


async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def relay(reader, writer):
    there_reader, there_writer = await asyncio.open_connection("127.0.0.1", 5381)
    await asyncio.gather(copy(reader, there_writer), copy(there_reader, writer))


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    await (await asyncio.start_server(relay, "127.0.0.1", 443, ssl=context)).serve_forever()


asyncio.run(main())
