/**
 * A program that waits until it is told to end, made here byte by byte so that nothing has to be downloaded or compiled. It blocks SIGTERM
 * and SIGINT, and waits for one of them: the kernel takes a blocked signal even to PID 1, which is spared all others that it has no handler
 * for. Then it ends with 0.
 */
export function sandboxProgram(architecture: string): Buffer | undefined {
  const machine = MACHINES[architecture];
  return machine && elf(machine);
}

interface Machine {
  /** `e_machine` of the ELF header. */
  readonly number: number;
  /** Instructions, and at the end the set of signals. */
  readonly code: Buffer;
}

/** Bit n-1 is signal n: SIGINT (2), SIGTERM (15). */
const SIGNALS = [0x02, 0x40, 0, 0, 0, 0, 0, 0];

const X86_64 = Buffer.from([
  // rt_sigprocmask(SIG_BLOCK, signals, NULL, 8)
  ...[0x31, 0xff], //                                      xor edi, edi
  ...[0x48, 0x8d, 0x35, 0x34, 0x00, 0x00, 0x00], //        lea rsi, [rip + 0x34] (signals)
  ...[0x31, 0xd2], //                                      xor edx, edx
  ...[0x41, 0xba, 0x08, 0x00, 0x00, 0x00], //              mov r10d, 8
  ...[0xb8, 0x0e, 0x00, 0x00, 0x00], //                    mov eax, 14
  ...[0x0f, 0x05], //                                      syscall
  // wait: rt_sigtimedwait(signals, NULL, NULL, 8)
  ...[0x48, 0x8d, 0x3d, 0x1e, 0x00, 0x00, 0x00], //        lea rdi, [rip + 0x1e] (signals)
  ...[0x31, 0xf6], //                                      xor esi, esi
  ...[0x31, 0xd2], //                                      xor edx, edx
  ...[0x41, 0xba, 0x08, 0x00, 0x00, 0x00], //              mov r10d, 8
  ...[0xb8, 0x80, 0x00, 0x00, 0x00], //                    mov eax, 128
  ...[0x0f, 0x05], //                                      syscall
  // A stop and its end (SIGSTOP, SIGCONT) interrupt it: wait again.
  ...[0x85, 0xc0], //                                      test eax, eax
  ...[0x78, 0xe4], //                                      js wait (-28)
  // exit_group(0)
  ...[0x31, 0xff], //                                      xor edi, edi
  ...[0xb8, 0xe7, 0x00, 0x00, 0x00], //                    mov eax, 231
  ...[0x0f, 0x05], //                                      syscall
  ...SIGNALS,
]);

const ARM_64 = Buffer.concat([
  words([
    // rt_sigprocmask(SIG_BLOCK, signals, NULL, 8)
    0xd280_0000, // mov x0, #0
    0x1000_0221, // adr x1, signals (+68)
    0xd280_0002, // mov x2, #0
    0xd280_0103, // mov x3, #8
    0xd280_10e8, // mov x8, #135
    0xd400_0001, // svc #0
    // wait: rt_sigtimedwait(signals, NULL, NULL, 8)
    0x1000_0180, // adr x0, signals (+48)
    0xd280_0001, // mov x1, #0
    0xd280_0002, // mov x2, #0
    0xd280_0103, // mov x3, #8
    0xd280_1128, // mov x8, #137
    0xd400_0001, // svc #0
    // A stop and its end (SIGSTOP, SIGCONT) interrupt it: wait again.
    0x37ff_ff40, // tbnz w0, #31, wait (-24)
    // exit_group(0)
    0xd280_0000, // mov x0, #0
    0xd280_0bc8, // mov x8, #94
    0xd400_0001, // svc #0
    0xd503_201f, // nop, which aligns the signals
    0xd503_201f, // nop
  ]),
  Buffer.from(SIGNALS),
]);

/** By the names that Go has for them, as the engine says them. */
const MACHINES: Readonly<Record<string, Machine>> = {
  amd64: { number: 62, code: X86_64 },
  arm64: { number: 183, code: ARM_64 },
};

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
/** Where Linux programs usually are. */
const ADDRESS = 0x40_0000;
/** arm64 kernels may have pages so large. */
const ALIGNMENT = 0x1_0000;

/** An ELF file with one segment, which is the whole file, readable and executable. */
function elf({ number, code }: Machine): Buffer {
  const head = Buffer.alloc(HEADER_BYTES + PROGRAM_HEADER_BYTES);
  const size = head.length + code.length;
  // e_ident: magic, 64 bits, little endian, version 1, System V.
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);
  head.writeUInt16LE(2, 16); //                                          e_type: executable
  head.writeUInt16LE(number, 18); //                                     e_machine
  head.writeUInt32LE(1, 20); //                                          e_version
  head.writeBigUInt64LE(BigInt(ADDRESS + head.length), 24); //           e_entry
  head.writeBigUInt64LE(BigInt(HEADER_BYTES), 32); //                    e_phoff
  head.writeUInt16LE(HEADER_BYTES, 52); //                               e_ehsize
  head.writeUInt16LE(PROGRAM_HEADER_BYTES, 54); //                       e_phentsize
  head.writeUInt16LE(1, 56); //                                          e_phnum
  const segment = head.subarray(HEADER_BYTES);
  segment.writeUInt32LE(1, 0); //                                        p_type: load
  segment.writeUInt32LE(5, 4); //                                        p_flags: read, execute
  segment.writeBigUInt64LE(BigInt(ADDRESS), 16); //                      p_vaddr
  segment.writeBigUInt64LE(BigInt(ADDRESS), 24); //                      p_paddr
  segment.writeBigUInt64LE(BigInt(size), 32); //                         p_filesz
  segment.writeBigUInt64LE(BigInt(size), 40); //                         p_memsz
  segment.writeBigUInt64LE(BigInt(ALIGNMENT), 48); //                    p_align
  return Buffer.concat([head, code]);
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}
