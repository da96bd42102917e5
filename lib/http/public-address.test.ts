import { describe, expect, test } from 'vitest';
import { isPublicAddress, resolvePublic } from './public-address';

describe('an address of the public internet is public', () => {
  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '169.253.0.1',
    '223.255.255.255',
    '134744072', // 8.8.8.8
    '0x08080808',
    '010.010.010.010',
    '2606:4700:4700::1111',
    '[2606:4700:4700::1111]',
    '2a00:1450:4001:80b::200e',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
    '64:ff9b::8.8.8.8',
  ])('%s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('every other address is not', () => {
  test.each([
    ['unspecified', ['0.0.0.0', '0', '0x0', '0.1.2.3', '::', '::0']],
    [
      'loopback',
      [
        '127.0.0.1',
        '127.1',
        '127.255.255.254',
        '2130706433',
        '0x7f000001',
        '0x7f.1',
        '017700000001',
        '0177.0.0.1',
        '::1',
        '0:0:0:0:0:0:0:1',
        '[::1]',
      ],
    ],
    [
      'private',
      ['10.0.0.1', '167772161', '0xa000001', '172.16.0.1', '172.31.255.255', '192.168.0.1', '0300.0250.0.1'],
    ],
    ['shared (CGNAT)', ['100.64.0.1', '100.127.255.255']],
    [
      'link-local and metadata',
      ['169.254.169.254', '2852039166', '0xa9fea9fe', 'fe80::1', 'fe80::1%eth0', 'febf::1'],
    ],
    [
      'IETF assignments',
      ['192.0.0.1', '192.0.0.170', '192.88.99.1', '192.31.196.1', '192.52.193.1', '192.175.48.1'],
    ],
    ['documentation', ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1']],
    ['benchmarking', ['198.18.0.1', '198.19.255.255', '2001:2::1']],
    ['multicast', ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1']],
    ['reserved and broadcast', ['240.0.0.1', '255.255.255.255']],
    ['unique local and site-local', ['fc00::1', 'fd12:3456::1', 'fec0::1']],
    [
      'IPv4 inside IPv6',
      [
        '::ffff:127.0.0.1',
        '::ffff:7f00:1',
        '::ffff:10.0.0.1',
        '::ffff:169.254.169.254',
        '::127.0.0.1',
        '::7f00:1',
        '::8.8.4',
      ],
    ],
    [
      'translated IPv4',
      [
        '64:ff9b::7f00:1',
        '64:ff9b::10.0.0.1',
        '64:ff9b:1::7f00:1',
        '64:ff9b:1::808:808',
        '::ffff:0:7f00:1',
        '2002:7f00:1::',
        '2001:0:7f00:1::',
      ],
    ],
    ['discard, segment routing and what is not assigned', ['100::1', '5f00::1', '4000::1', 'e000::1']],
    [
      'no address',
      [
        '',
        ' ',
        'localhost',
        'example.com',
        '256.1.1.1',
        '1.2.3.4.5',
        '4294967296',
        '-1',
        '1.2.3.4/8',
        '::g',
        '127.0.0.1.',
      ],
    ],
  ])('%s', (_kind, addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });
});

describe('resolving a host', () => {
  const lookup =
    (...addresses: string[]) =>
    async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

  test('gives its public addresses, IPv4 first, and leaves out the others', async () => {
    expect(await resolvePublic('pictures.example', lookup('2606:4700::1', '10.0.0.1', '8.8.8.8'))).toEqual([
      '8.8.8.8',
      '2606:4700::1',
    ]);
  });

  test('gives none for a name of the local network', async () => {
    expect(await resolvePublic('intranet', lookup('192.168.0.7', '::1'))).toEqual([]);
  });

  test('does not look up what is an address already', async () => {
    const never = () => Promise.reject(new Error('looked up'));
    expect(await resolvePublic('0x7f.1', never)).toEqual([]);
    expect(await resolvePublic('[::ffff:8.8.8.8]', never)).toEqual(['::ffff:808:808']);
  });
});
